import assert from 'node:assert/strict';
import { EMPTY_CONTEXT } from '../../../src/domain/context.js';
import { summarise } from '../../../src/context/summary.js';
import { contextAfter, stepOf } from '../../support/contexts.js';

describe('summarise', () => {
  it('tells last viewed items, recent edits, query buckets and the location cell', () => {
    const context = contextAfter(
      stepOf(['a'], 1000, { kind: 'edited', queryBuckets: [7], locationCell: 'u0' }),
      stepOf(['b'], 2000),
    );
    assert.deepEqual(JSON.parse(summarise(context)), {
      lastViewed: [
        { item: 'b', timeMs: 2000 },
        { item: 'a', timeMs: 1000 },
      ],
      recentEdits: [{ item: 'a', timeMs: 1000 }],
      queryBuckets: [7],
      locationCell: 'u0',
    });
  });

  it('says nothing before the first step', () => assert.equal(summarise(EMPTY_CONTEXT), ''));

  it('names no location that was not permitted', () =>
    assert.equal('locationCell' in (JSON.parse(summarise(contextAfter(stepOf(['a'], 1)))) as object), false));

  it('stays within 4 KiB of UTF-8 however long the ids are, and leaves out the oldest', () => {
    const ids = Array.from({ length: 40 }, (_, n) => `${n} ${'€'.repeat(160)}`);
    const context = contextAfter(...ids.map((id, n) => stepOf([id], 1000 * n, { kind: 'edited' })));
    const json = summarise(context);
    const { lastViewed, recentEdits } = JSON.parse(json) as Record<string, { item: string }[]>;
    assert.ok(Buffer.byteLength(json) <= 4096);
    assert.equal(lastViewed?.[0]?.item, ids.at(-1));
    assert.equal(recentEdits?.[0]?.item, ids.at(-1));
  });
});
