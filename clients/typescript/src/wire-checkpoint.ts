import type { Checkpoint as WireCheckpoint } from '@foresync/protocol';
import { EdgeKind } from '@foresync/protocol';
import { PROTOCOL_LIMITS } from '@foresync/protocol/limits';
import type { Checkpoint, Edge } from './checkpoint.js';
import { ForesyncClientError } from './errors.js';
import { fromHex, toHex } from './hex.js';

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
