import { dataHash, itemId, type DataHash } from '../../src/domain/ids.js';
import type { EdgeKind, Head } from '../../src/domain/item.js';
import type { Scored } from '../../src/domain/plan.js';

/** A head of revision 1 with edges as `[kind, item]`. */
export function headOf(
  item: string,
  sizeBytes = 10,
  edges: readonly (readonly [EdgeKind, string])[] = [],
): Head & { readonly dataHash: DataHash } {
  return {
    item: itemId(item),
    shard: 0,
    version: 1,
    dataHash: dataHash(`hash of ${item}`),
    sizeBytes,
    timestampMs: 0,
    edges: edges.map(([kind, target]) => ({ kind, item: itemId(target) })),
  };
}

/** A candidate of one item. */
export function scoredOf(item: string, score: number, bytes = 10): Scored {
  const { dataHash: hash, version } = headOf(item);
  return {
    item: itemId(item),
    score,
    bytes,
    bundle: [{ item: itemId(item), dataHash: hash, version, sizeBytes: bytes }],
  };
}
