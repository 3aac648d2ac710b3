import assert from 'node:assert/strict';
import { ForesyncError } from '../../../src/domain/errors.js';
import type { ServerEvent, SessionEnd } from '../../../src/domain/session-port.js';
import { announcedEnd, endingError } from '../../../src/rpc/ending.js';

const broken = new ForesyncError('FIELD_INVALID', 'wrong');

const ENDINGS: [SessionEnd, string | undefined][] = [
  [{ kind: 'left' }, undefined],
  [{ kind: 'broken', error: broken }, 'FIELD_INVALID'],
  [{ kind: 'stalled' }, 'SLOW_CONSUMER'],
  [{ kind: 'silent' }, 'SESSION_UNKNOWN'],
  [{ kind: 'token-expired' }, 'UNAUTHENTICATED'],
  [{ kind: 'taken-over' }, 'TAKEN_OVER'],
  [{ kind: 'shutdown' }, 'SHUTTING_DOWN'],
  [{ kind: 'forgotten' }, 'SESSION_UNKNOWN'],
];

describe('rpc/ending', () => {
  it('ends a stream with the code that fits how its session ended', () => {
    for (const [end, code] of ENDINGS) assert.equal(endingError(end)?.code, code, end.kind);
  });

  it('says when to come back, where that helps', () => {
    assert.equal(endingError({ kind: 'shutdown' }, 1500)?.details.retryAfterMs, 1500);
    assert.equal(endingError({ kind: 'taken-over' }, 1500)?.details.retryAfterMs, undefined);
  });

  it('reads the end from a goodbye, which is the last event of a frame', () => {
    const goodbye: ServerEvent = {
      delivery: 2,
      kind: 'goodbye',
      reason: 'shutdown',
      retryAfterMs: 7,
      message: '',
    };
    const beat: ServerEvent = {
      delivery: 1,
      kind: 'heartbeat',
      nonce: 1,
      echo: 0,
      timeMs: 0,
      tokenExpiresInMs: 0,
    };
    assert.deepEqual(announcedEnd([beat, goodbye]), { end: { kind: 'shutdown' }, retryAfterMs: 7 });
    assert.equal(announcedEnd([beat]), null);
    assert.equal(announcedEnd([]), null);
  });
});
