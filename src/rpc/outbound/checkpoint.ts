import type { Change, Checkpoint, Edge, Position } from '@foresync/protocol';
import { Durability as WireDurability, EdgeKind } from '@foresync/protocol';
import type { Checkpoint as DomainCheckpoint, Durability } from '../../domain/checkpoint.js';
import type { DataHash } from '../../domain/ids.js';
import type { Change as DomainChange, Edge as DomainEdge } from '../../domain/item.js';
import type { Position as DomainPosition } from '../../domain/position.js';

/** A domain checkpoint as the wire carries it. */
export function wireCheckpoint(checkpoint: DomainCheckpoint): Checkpoint {
  return {
    space: checkpoint.space,
    item: checkpoint.item,
    timestamp: BigInt(checkpoint.timestampMs),
    userContext: checkpoint.userContext,
    dataHash: hashBytes(checkpoint.dataHash),
    dependencyHashes: checkpoint.dependencyHashes.map(hashBytes),
    predictionScore: checkpoint.predictionScore,
    version: BigInt(checkpoint.version),
    sizeBytes: BigInt(checkpoint.sizeBytes),
    edges: checkpoint.edges.map(wireEdge),
  };
}

export function wirePosition(position: DomainPosition): Position {
  return {
    space: position.space,
    shard: position.shard,
    epoch: position.epoch,
    offset: BigInt(position.offset),
  };
}

/** A change without who made it: who watches a space need not know. */
export function wireChange({ head }: DomainChange): Change {
  return {
    item: head.item,
    version: BigInt(head.version),
    dataHash: hashBytes(head.dataHash),
    sizeBytes: BigInt(head.sizeBytes),
    timestamp: BigInt(head.timestampMs),
    shard: head.shard,
  };
}

export const wireDurability = (durability: Durability): WireDurability => DURABILITIES[durability];

/** A hash as 32 bytes; null, the hash of a deleted item, as none. */
export function hashBytes(hash: DataHash | null): Uint8Array {
  return hash === null ? NO_BYTES : Buffer.from(hash, 'hex');
}

function wireEdge(edge: DomainEdge): Edge {
  return { item: edge.item, kind: EDGE_KINDS[edge.kind] };
}

const NO_BYTES = new Uint8Array(0);

const EDGE_KINDS: Readonly<Record<DomainEdge['kind'], EdgeKind>> = {
  part: EdgeKind.EDGE_KIND_PART,
  link: EdgeKind.EDGE_KIND_LINK,
};

const DURABILITIES: Readonly<Record<Durability, WireDurability>> = {
  local: WireDurability.DURABILITY_LOCAL,
  replicated: WireDurability.DURABILITY_REPLICATED,
  degraded: WireDurability.DURABILITY_DEGRADED,
};
