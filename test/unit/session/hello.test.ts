import assert from 'node:assert/strict';
import { pseudonym } from '../../../src/domain/ids.js';
import { FORGOTTEN_MS } from '../../../src/domain/user-record.js';
import { isForgotten } from '../../../src/session/hello.js';

describe('session/hello', () => {
  it('knows a device of an era that is over, and one that was away for longer than that is remembered', () => {
    const nowMs = 2 * FORGOTTEN_MS;
    const come = (era: number, token: { readonly era: number; readonly issuedMs: number } | null): boolean =>
      isForgotten({
        user: { era, alias: pseudonym('a') },
        token: token === null ? null : { ...token, positions: [] },
        nowMs,
      });
    assert.equal(come(0, null), false);
    assert.equal(come(7, null), false, 'its manifest tells');
    assert.equal(come(7, { era: 7, issuedMs: nowMs }), false);
    assert.equal(come(7, { era: 0, issuedMs: nowMs }), true);
    assert.equal(come(0, { era: 7, issuedMs: nowMs }), true);
    assert.equal(come(0, { era: 0, issuedMs: nowMs - FORGOTTEN_MS }), false);
    assert.equal(come(0, { era: 0, issuedMs: nowMs - FORGOTTEN_MS - 1 }), true);
  });
});
