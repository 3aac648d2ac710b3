import { createHash } from 'node:crypto';
import type { Checkpoint, Edge } from '../../src/checkpoint.js';

export function bytesOf(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

export function textOf(bytes: Uint8Array | undefined): string | undefined {
  return bytes === undefined ? undefined : new TextDecoder().decode(bytes);
}

/** Made by Node's own SHA-256, so that hash-wasm is checked against another one. */
export function hashOf(content: Uint8Array): string {
  return createHash('sha256').update(content).digest('hex');
}

/** The checkpoint of an item with that content. */
export function checkpointFor(
  item: string,
  content: Uint8Array,
  more: { space?: string; version?: number; edges?: readonly Edge[] } = {},
): Checkpoint {
  return {
    space: more.space ?? 's',
    item,
    timestampMs: 1_700_000_000_000,
    userContext: '',
    dataHash: hashOf(content),
    dependencyHashes: [],
    predictionScore: 0.5,
    version: more.version ?? 1,
    sizeBytes: content.length,
    edges: more.edges ?? [],
  };
}
