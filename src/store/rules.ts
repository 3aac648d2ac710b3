import type { DataHash } from '../domain/ids.js';
import type { Change, Edge, Head } from '../domain/item.js';
import type { ApplyResult, ChangeRequest, CommitResult } from '../domain/store-port.js';

/**
 * What the last change of an item answers to a write; null = the write is to be made. Pure: the same in every adapter.
 * A write of what the item already has comes before the condition, so that it can be repeated.
 */
export function judge(current: Change | null, request: ChangeRequest): CommitResult | null {
  const hash = liveHash(current);
  if (current !== null && hash !== null && sameContent(current.head, request)) return committed(current);
  const holds = conditionHolds(request, hash) && !(request.dataHash === null && hash === null);
  return holds ? null : { kind: 'conflict', current: current?.head ?? null };
}

/** The change that a write makes, at `version` of the log of `shard`. A deleted item has no size and no edges. */
export function changeOf(
  request: ChangeRequest,
  current: Change | null,
  place: { readonly epoch: string; readonly shard: number; readonly version: number },
): Change {
  const { space, item, dataHash, timestampMs, writer, audience } = request;
  const body =
    dataHash === null ? { sizeBytes: 0, edges: [] } : { sizeBytes: request.sizeBytes, edges: request.edges };
  return {
    space,
    epoch: place.epoch,
    head: { item, shard: place.shard, version: place.version, dataHash, timestampMs, ...body },
    previousHash: liveHash(current),
    writer,
    audience,
  };
}

/** One process on one machine keeps it. */
export function committed(change: Change): CommitResult {
  return { kind: 'committed', change, durability: 'local' };
}

/** Hash of the content that an item has now; null if it does not exist or is deleted. */
export function liveHash(current: Change | null): DataHash | null {
  return current?.head.dataHash ?? null;
}

/** What the last applied batch of a device and the version of the context answer to a batch; null = apply it. */
export function judgeBatch(
  applied: number,
  sequence: number,
  version: number,
  expectedVersion: number,
): ApplyResult | null {
  if (sequence <= applied) return { kind: 'duplicate', durability: 'local' };
  if (sequence > applied + 1) return { kind: 'gap', expected: applied + 1 };
  return version === expectedVersion ? null : { kind: 'stale' };
}

function conditionHolds({ condition }: ChangeRequest, hash: DataHash | null): boolean {
  switch (condition.kind) {
    case 'always':
      return true;
    case 'absent':
      return hash === null;
    case 'matches':
      return hash === condition.dataHash;
  }
}

function sameContent(head: Head, request: ChangeRequest): boolean {
  return (
    head.dataHash === request.dataHash &&
    head.sizeBytes === request.sizeBytes &&
    sameEdges(head.edges, request.edges)
  );
}

function sameEdges(left: readonly Edge[], right: readonly Edge[]): boolean {
  return (
    left.length === right.length &&
    left.every((edge, index) => edge.item === right[index]?.item && edge.kind === right[index].kind)
  );
}
