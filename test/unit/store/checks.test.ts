import assert from 'node:assert/strict';
import { checkBatch, checkCheckpoint, checkText } from '../../../src/store/checks.js';
import { itemId, spaceId } from '../../../src/domain/ids.js';
import { hashOf } from '../../contract/store/harness.js';

const GOOD = {
  item: itemId('a'),
  dataHash: hashOf('a'),
  version: 1,
  timestampMs: 0,
  dependencyHashes: [hashOf('b')],
  userContext: '{}',
  predictionScore: 1,
};

const viewed = (more: object) => ({
  space: spaceId('s'),
  sequence: 1,
  activities: [{ type: 'viewed' as const, item: itemId('a'), timeMs: 0, locationCell: null, ...more }],
});

describe('store/checks', () => {
  it('accept the largest, and refuse what is beyond', () => {
    checkText('f', 'ü'.repeat(5), 10);
    assert.throws(() => checkText('f', 'ü'.repeat(5), 9), {
      code: 'FIELD_INVALID',
      message: '[FIELD_INVALID] f has 10 bytes, at most 9 are allowed',
      details: { field: 'f', facts: { limit: '9' } },
    });
  });

  it('a checkpoint’s fields are each named', () => {
    checkCheckpoint(GOOD, 0);
    const wrong = {
      'checkpoints[3].item': { item: itemId('') },
      'checkpoints[3].data_hash': { dataHash: 'ff' },
      'checkpoints[3].version': { version: -1 },
      'checkpoints[3].timestamp_ms': { timestampMs: 0.1 },
      'checkpoints[3].dependency_hashes': { dependencyHashes: ['x'] },
      'checkpoints[3].user_context': { userContext: 'x'.repeat(4097) },
      'checkpoints[3].prediction_score': { predictionScore: Number.NaN },
    };
    for (const [field, more] of Object.entries(wrong)) {
      const checkpoint = { ...GOOD, ...more } as typeof GOOD; // wrong on purpose
      assert.throws(() => checkCheckpoint(checkpoint, 3), {
        code: 'FIELD_INVALID',
        details: { field, facts: LIMITS[field] },
      });
    }
    for (const predictionScore of [-0.1, 1.1, Infinity]) {
      assert.throws(() => checkCheckpoint({ ...GOOD, predictionScore }, 0), { code: 'FIELD_INVALID' });
    }
  });

  it('a batch’s fields are each named', () => {
    checkBatch(viewed({}));
    const wrong = {
      'activities[0].item': { item: itemId('') },
      'activities[0].time_ms': { timeMs: Infinity },
      'activities[0].location_cell': { locationCell: '\ud800' },
      'activities[0].query_buckets': { type: 'searched', queryBuckets: Array.from({ length: 17 }, () => 1) },
    };
    for (const [field, more] of Object.entries(wrong)) {
      assert.throws(
        () => checkBatch(viewed(more)),
        (error: unknown) => {
          const { code, details } = error as { code: string; details: { field: string } };
          return code === 'FIELD_INVALID' && details.field === field;
        },
      );
    }
    const many = { ...viewed({}), activities: Array.from({ length: 257 }, () => viewed({}).activities[0]) };
    assert.throws(() => checkBatch(many as ReturnType<typeof viewed>), { code: 'FIELD_INVALID' }); // 257 are there
  });
});

const LIMITS: Readonly<Record<string, object>> = {
  'checkpoints[3].item': { limit: '1' },
  'checkpoints[3].data_hash': { limit: '64' },
  'checkpoints[3].version': { limit: '0' },
  'checkpoints[3].timestamp_ms': { limit: `${Number.MAX_SAFE_INTEGER}` },
  'checkpoints[3].dependency_hashes': { limit: '64' },
  'checkpoints[3].user_context': { limit: '4096' },
  'checkpoints[3].prediction_score': { limit: '1' },
};
