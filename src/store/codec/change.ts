import { StoredChange, StoredEdgeKind } from '@foresync/protocol/at-rest';
import type { ArchivedChange } from '../../domain/archive-port.js';
import type { SpaceId } from '../../domain/ids.js';
import { itemId, pseudonym } from '../../domain/ids.js';
import type { Edge, EdgeKind } from '../../domain/item.js';
import { bytesToHashOrNull, decodeAs, hashToBytes, whole } from './fields.js';
import { corrupt } from '../failures.js';

const WHAT = 'a change';

/** Space and epoch are not repeated in each change. */
export function encodeChange({ head, previousHash, writer, audience }: ArchivedChange): Uint8Array {
  return StoredChange.encode({
    item: head.item,
    shard: head.shard,
    version: BigInt(head.version),
    dataHash: hashToBytes(head.dataHash),
    sizeBytes: BigInt(head.sizeBytes),
    timestampMs: BigInt(head.timestampMs),
    edges: head.edges.map(({ item, kind }) => ({ item, kind: TO_STORED[kind] })),
    previousHash: hashToBytes(previousHash),
    writer: writer ?? '',
    audience: [...audience],
  }).finish();
}

/** Throws STORE_CORRUPT. */
export function decodeChange(space: SpaceId, bytes: Uint8Array): ArchivedChange {
  const stored = decodeAs(WHAT, StoredChange, bytes);
  return {
    space,
    head: {
      item: itemId(stored.item),
      shard: stored.shard,
      version: whole(WHAT, stored.version),
      dataHash: bytesToHashOrNull(WHAT, stored.dataHash),
      sizeBytes: whole(WHAT, stored.sizeBytes),
      timestampMs: whole(WHAT, stored.timestampMs),
      edges: stored.edges.map(edgeOf),
    },
    previousHash: bytesToHashOrNull(WHAT, stored.previousHash),
    writer: stored.writer === '' ? null : pseudonym(stored.writer),
    audience: stored.audience.map(pseudonym),
  };
}

function edgeOf({ item, kind }: { readonly item: string; readonly kind: StoredEdgeKind }): Edge {
  return { item: itemId(item), kind: kindOf(kind) };
}

function kindOf(kind: StoredEdgeKind): EdgeKind {
  switch (kind) {
    case StoredEdgeKind.STORED_EDGE_KIND_PART:
      return 'part';
    case StoredEdgeKind.STORED_EDGE_KIND_LINK:
      return 'link';
    default:
      throw corrupt(WHAT);
  }
}

const TO_STORED: Readonly<Record<EdgeKind, StoredEdgeKind>> = {
  part: StoredEdgeKind.STORED_EDGE_KIND_PART,
  link: StoredEdgeKind.STORED_EDGE_KIND_LINK,
};
