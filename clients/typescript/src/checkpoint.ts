import type { Checkpoint as WireCheckpoint } from '@foresync/protocol';
import { EdgeKind } from '@foresync/protocol';
import { PROTOCOL_LIMITS } from '@foresync/protocol/limits';
import { ForesyncClientError } from './errors.js';
import { fromHex, toHex } from './hex.js';

/** What the user's device knows about one item: its state, its proof of integrity, how likely it is needed next. */
export interface Checkpoint {
  readonly space: string;
  readonly item: string;
  /** Last modification of the content, ms since the epoch. */
  readonly timestampMs: number;
  /** The user's context when the checkpoint was made: JSON of at most 4 KiB; empty if none is known. */
  readonly userContext: string;
  /** SHA-256 of the content, 64 hex digits. */
  readonly dataHash: string;
  /** SHA-256 of the items that this one depends on, parts first. */
  readonly dependencyHashes: readonly string[];
  /** Probability that the user needs the item next, 0 to 1; 0 until predicted. */
  readonly predictionScore: number;
  /** Grows with every change of the item. */
  readonly version: number;
  readonly sizeBytes: number;
  readonly edges: readonly Edge[];
}

/** How an item relates to another of its space: `part` is embedded and travels along, `link` is only related. */
export interface Edge {
  readonly item: string;
  readonly kind: 'part' | 'link';
}

/** A checkpoint as it came over the wire. Throws INTERNAL if it lacks what every checkpoint has. */
export function checkpointOf(wire: WireCheckpoint | undefined): Checkpoint {
  if (wire === undefined || wire.space === '' || wire.item === '') throw malformed('names no item');
  if (wire.dataHash.length !== PROTOCOL_LIMITS.hashBytes) throw malformed('has no hash');
  return {
    space: wire.space,
    item: wire.item,
    timestampMs: Number(wire.timestamp),
    userContext: wire.userContext,
    dataHash: toHex(wire.dataHash),
    dependencyHashes: wire.dependencyHashes.map(toHex),
    predictionScore: wire.predictionScore,
    version: Number(wire.version),
    sizeBytes: Number(wire.sizeBytes),
    edges: wire.edges.map(({ item, kind }) => ({
      item,
      kind: kind === EdgeKind.EDGE_KIND_PART ? 'part' : 'link',
    })),
  };
}

export function wireCheckpoint(checkpoint: Checkpoint): WireCheckpoint {
  return {
    space: checkpoint.space,
    item: checkpoint.item,
    timestamp: BigInt(checkpoint.timestampMs),
    userContext: checkpoint.userContext,
    dataHash: fromHex(checkpoint.dataHash),
    dependencyHashes: checkpoint.dependencyHashes.map(fromHex),
    predictionScore: checkpoint.predictionScore,
    version: BigInt(checkpoint.version),
    sizeBytes: BigInt(checkpoint.sizeBytes),
    edges: wireEdges(checkpoint.edges),
  };
}

export function wireEdges(edges: readonly Edge[]): WireCheckpoint['edges'] {
  return edges.map(({ item, kind }) => ({
    item,
    kind: kind === 'part' ? EdgeKind.EDGE_KIND_PART : EdgeKind.EDGE_KIND_LINK,
  }));
}

function malformed(problem: string): ForesyncClientError {
  return new ForesyncClientError('INTERNAL', `the server sent a checkpoint that ${problem}`);
}
