import type { DataHash, ItemId, SpaceId } from './ids.js';
import type { Edge } from './item.js';

/** SPEC C1, for one user and item: the item's state, its proof of integrity and how likely it is needed next. */
export interface Checkpoint {
  readonly space: SpaceId;
  readonly item: ItemId;
  /** Last modification of the content, ms since the epoch. */
  readonly timestampMs: number;
  /** UTF-8 JSON of at most 4 KiB; empty if nothing is known. */
  readonly userContext: string;
  readonly dataHash: DataHash;
  /** Hashes of the existing targets of the item's edges, parts first. */
  readonly dependencyHashes: readonly DataHash[];
  /** 0 to 1; 0 until predicted. */
  readonly predictionScore: number;
  readonly version: number;
  readonly sizeBytes: number;
  readonly edges: readonly Edge[];
}

/** How safely something that was acknowledged is kept (DESIGN.md 6). */
export type Durability = 'local' | 'replicated' | 'degraded';

/** Why something was predicted or pushed, for people to read. It names no other user. */
export interface Reason {
  readonly code: string;
  readonly text: string;
  readonly weight: number;
}
