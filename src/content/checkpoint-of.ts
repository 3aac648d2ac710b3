import type { Checkpoint } from '../domain/checkpoint.js';
import { ForesyncError } from '../domain/errors.js';
import type { DataHash, SpaceId } from '../domain/ids.js';
import type { Edge, Head } from '../domain/item.js';
import type { SpaceStore } from '../domain/store-port.js';

/** What a checkpoint says beyond the item's head. */
export interface CheckpointFacts {
  readonly dependencyHashes?: readonly DataHash[];
  readonly userContext?: string;
  readonly predictionScore?: number;
}

/** The checkpoint of an item that exists. Throws ITEM_UNKNOWN for the head of a deleted one. */
export function checkpointOf(space: SpaceId, head: Head, facts: CheckpointFacts = {}): Checkpoint {
  if (head.dataHash === null) throw itemUnknown(head.item);
  return {
    space,
    item: head.item,
    timestampMs: head.timestampMs,
    userContext: facts.userContext ?? '',
    dataHash: head.dataHash,
    dependencyHashes: facts.dependencyHashes ?? [],
    predictionScore: facts.predictionScore ?? 0,
    version: head.version,
    sizeBytes: head.sizeBytes,
    edges: head.edges,
  };
}

/** The closure of an item's edges: hashes of the targets that exist, parts first, then links, in the order of the edges. */
export async function dependencyHashes(
  spaces: Pick<SpaceStore, 'heads'>,
  space: SpaceId,
  edges: readonly Edge[],
): Promise<readonly DataHash[]> {
  if (edges.length === 0) return [];
  const ordered = [...edges.filter(isPart), ...edges.filter((edge) => !isPart(edge))];
  const heads = await spaces.heads(
    space,
    ordered.map((edge) => edge.item),
  );
  return heads.flatMap((head) => head?.dataHash ?? []);
}

export function itemUnknown(item: string): ForesyncError {
  return new ForesyncError('ITEM_UNKNOWN', 'the item does not exist', { field: 'item', facts: { item } });
}

const isPart = (edge: Edge): boolean => edge.kind === 'part';
