import assert from 'node:assert/strict';
import { itemId } from '../../../src/domain/ids.js';
import { partitionOf, shardOf } from '../../../src/store/shards.js';

describe('store/shards', () => {
  it('an item’s shard never changes: data that is stored depends on it', () => {
    const ids = ['docs/plan.md', 'a', 'ü', '𝄞', 'x'.repeat(512)];
    assert.deepEqual(
      ids.map((id) => shardOf(itemId(id), 64)),
      GOLDEN.shards,
    );
    assert.deepEqual(
      ids.map((id) => partitionOf(id, 1024)),
      GOLDEN.partitions,
    );
  });

  it('one shard holds all', () => {
    assert.equal(shardOf(itemId('anything'), 1), 0);
  });

  it('spreads items and users evenly', () => {
    const items = Array.from({ length: 64_000 }, (_, index) =>
      itemId(`folder/${index % 100}/file-${index}.md`),
    );
    const counts = new Array<number>(64).fill(0);
    for (const item of items) counts[shardOf(item, 64)] = (counts[shardOf(item, 64)] ?? 0) + 1;
    assert.ok(
      Math.min(...counts) > 800 && Math.max(...counts) < 1200,
      `${Math.min(...counts)} ${Math.max(...counts)}`,
    );
    const partitions = new Set(items.map((item) => partitionOf(item, 1024)));
    assert.equal(partitions.size, 1024);
  });
});

/** Made with another language's SHA-256. */
const GOLDEN = { shards: [8, 18, 10, 19, 3], partitions: [8, 274, 202, 979, 67] };
