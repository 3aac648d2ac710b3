import type { DataHash, ItemId, Pseudonym, SpaceId } from './ids.js';

/** `part`: embedded, travels along with the item. `link`: related, a feature of prediction only. */
export type EdgeKind = 'part' | 'link';

/** An edge of an item to another item of the same space. */
export interface Edge {
  readonly item: ItemId;
  readonly kind: EdgeKind;
}

/** Current state of an item. `dataHash` is null after a delete; `version` never goes back within an epoch. */
export interface Head {
  readonly item: ItemId;
  readonly shard: number;
  /** Offset of the item's last change in the log of its shard. */
  readonly version: number;
  readonly dataHash: DataHash | null;
  readonly sizeBytes: number;
  /** Last modification of the content, ms since the epoch. */
  readonly timestampMs: number;
  readonly edges: readonly Edge[];
}

/** One entry of a space's change log: the head that the change made, and who made it. */
export interface Change {
  readonly space: SpaceId;
  readonly epoch: string;
  readonly head: Head;
  /** Hash that the change replaced; null if the item did not exist. */
  readonly previousHash: DataHash | null;
  /** The user who wrote, null for a backend. */
  readonly writer: Pseudonym | null;
  /** Users whom a backend addressed the change to; empty = those who opened the item before. */
  readonly audience: readonly Pseudonym[];
}
