import assert from 'node:assert/strict';
import { BadRequest, ErrorInfo, RetryInfo } from '@foresync/protocol';
import { ForesyncClientError } from '../src/errors.js';
import { endOfError, endOfGoodbye } from '../src/session-end.js';
import { statusError } from '../src/status-error.js';

describe('what ends a session', () => {
  it('says whether to come back, and how', () => {
    const about = (code: ForesyncClientError['code']): unknown[] => {
      const { retry, exhausted, wipe } = endOfError(new ForesyncClientError(code, ''));
      return [retry, exhausted, wipe];
    };
    assert.deepEqual(about('UNAVAILABLE'), ['later', false, false]);
    assert.deepEqual(about('INTERNAL'), ['later', false, false]);
    assert.deepEqual(about('COMPACTED'), ['later', false, false]);
    assert.deepEqual(about('EXHAUSTED'), ['later', true, false]);
    assert.deepEqual(about('OVERLOADED'), ['later', true, false]);
    assert.deepEqual(about('UNAUTHENTICATED'), ['with-new-token', false, false]);
    assert.deepEqual(about('RESUME_TOKEN_FOREIGN'), ['later', false, true]);
    assert.deepEqual(about('FORGOTTEN'), ['never', false, true]);
    for (const code of [
      'TAKEN_OVER',
      'SPACE_FORBIDDEN',
      'DEVICE_REQUIRED',
      'FIELD_INVALID',
      'UNIMPLEMENTED',
    ] as const) {
      assert.deepEqual(about(code), ['never', false, false]);
    }
    const end = endOfGoodbye({ reason: 1, retryAfterMs: 70, message: 'a new version' });
    assert.deepEqual([end.error.code, end.retryAfterMs, end.retry], ['SHUTTING_DOWN', 70, 'later']);
  });

  it('is read from google.rpc.Status, details and all', () => {
    const detail = (type: string, value: Uint8Array) => ({ typeUrl: `type.googleapis.com/${type}`, value });
    const fieldViolations = [
      { field: 'activities[3].item', description: '', reason: '', localizedMessage: undefined },
    ];
    const error = statusError({
      code: 3,
      message: '[SEQUENCE_GAP] a number is missing',
      details: [
        detail(
          'google.rpc.ErrorInfo',
          ErrorInfo.encode({
            reason: 'SEQUENCE_GAP',
            domain: 'foresync',
            metadata: { expected: '4' },
          }).finish(),
        ),
        detail('google.rpc.BadRequest', BadRequest.encode({ fieldViolations }).finish()),
        detail(
          'google.rpc.RetryInfo',
          RetryInfo.encode({ retryDelay: { seconds: 2n, nanos: 500_000_000 } }).finish(),
        ),
        detail('google.rpc.Unheard', new Uint8Array(3)),
        detail('foresync.v1.Checkpoint', Uint8Array.of(255, 255, 255)),
      ],
    });
    assert.deepEqual([error.code, error.message], ['SEQUENCE_GAP', '[SEQUENCE_GAP] a number is missing']);
    const { field, facts, retryAfterMs, checkpoint } = error.details;
    assert.deepEqual(
      [field, facts, retryAfterMs, checkpoint],
      ['activities[3].item', { expected: '4' }, 2500, undefined],
    );
    assert.equal(statusError({ code: 8, message: '', details: [] }).code, 'EXHAUSTED');
    assert.equal(statusError({ code: 99, message: '', details: [] }).code, 'INTERNAL');
    const unheard = ErrorInfo.encode({
      reason: 'OF_A_LATER_VERSION',
      domain: 'foresync',
      metadata: {},
    }).finish();
    const later = statusError({ code: 14, message: '', details: [detail('google.rpc.ErrorInfo', unheard)] });
    assert.deepEqual([later.code, later.retryable], ['UNAVAILABLE', true]);
  });
});
