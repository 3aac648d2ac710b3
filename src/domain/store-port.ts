import type { ActivityBatch } from './activity.js';
import type { Durability } from './checkpoint.js';
import type { DataHash, DeviceId, ItemId, Pseudonym, SpaceId } from './ids.js';
import type { Change, Edge, Head } from './item.js';
import type { LogBounds } from './position.js';

/**
 * All state that outlives a process. Every method that writes resolves only when what it did is as safe as the
 * `Durability` it answers. Every method may throw STORE_UNAVAILABLE; retrying is always safe.
 * One conformance suite (test/contract/store) runs against every adapter.
 */
export interface Store {
  readonly spaces: SpaceStore;
  readonly users: UserStore;
  readonly blobs: BlobStore;
  close(): Promise<void>;
}

export interface SpaceMeta {
  readonly space: SpaceId;
  /** 1 to 64, fixed when the space was made. */
  readonly shards: number;
}

export interface ChangeRequest {
  readonly space: SpaceId;
  readonly item: ItemId;
  /** null deletes. The blob must have been put before. */
  readonly dataHash: DataHash | null;
  readonly sizeBytes: number;
  readonly timestampMs: number;
  readonly edges: readonly Edge[];
  readonly writer: Pseudonym | null;
  readonly audience: readonly Pseudonym[];
  readonly condition: WriteCondition;
}

export type WriteCondition =
  | { readonly kind: 'always' }
  | { readonly kind: 'absent' }
  | { readonly kind: 'matches'; readonly dataHash: DataHash };

export type CommitResult =
  | { readonly kind: 'committed'; readonly change: Change; readonly durability: Durability }
  /** The condition did not hold (or a delete found nothing): `current` is the head as it is, null if absent. */
  | { readonly kind: 'conflict'; readonly current: Head | null };

export type LogPage =
  | { readonly kind: 'page'; readonly changes: readonly Change[]; readonly bounds: LogBounds }
  | { readonly kind: 'compacted'; readonly bounds: LogBounds };

/** One committed activity batch, for those who keep a space's statistics. */
export interface FeedEntry {
  /** Place in the feed, from 1 on, increasing. */
  readonly offset: number;
  readonly user: Pseudonym;
  readonly device: DeviceId;
  readonly batch: ActivityBatch;
}

export interface SpaceStore {
  /** Makes the space if it does not exist; `shards` counts only then. */
  ensure(space: SpaceId, shards: number): Promise<SpaceMeta>;
  /** null if the space does not exist. */
  meta(space: SpaceId): Promise<SpaceMeta | null>;
  /**
   * One atomic step: condition, head, edges, log entry with the next offset of the item's shard, wake-up.
   * Writing the hash, size and edges that the item already has is no change: the current head's change is answered again.
   */
  commit(request: ChangeRequest): Promise<CommitResult>;
  head(space: SpaceId, item: ItemId): Promise<Head | null>;
  /** Heads in the order of `items`, null where absent or deleted never existed. At most 2,048 items. */
  heads(space: SpaceId, items: readonly ItemId[]): Promise<readonly (Head | null)[]>;
  /** Live heads (not deleted) by prefix, in order of the ids' UTF-8 bytes, after `after` (exclusive; '' = from the start). */
  list(space: SpaceId, prefix: string, after: string, limit: number): Promise<readonly Head[]>;
  bounds(space: SpaceId, shard: number): Promise<LogBounds>;
  /** Changes with offset > after, in order, at most `limit`. Logs keep at least `logRetention` entries a shard. */
  readLog(space: SpaceId, shard: number, after: number, limit: number): Promise<LogPage>;
  /** Yields the shard whenever its log may have grown (a wake-up, never the truth); coalesced, bounded to one a shard. */
  wakeUps(space: SpaceId, signal: AbortSignal): AsyncIterable<number>;
  /** Entries with offset > after, in order. Bounded: the oldest may be gone, `low` tells. */
  readFeed(
    space: SpaceId,
    after: number,
    limit: number,
  ): Promise<{ readonly entries: readonly FeedEntry[]; readonly low: number; readonly high: number }>;
  /** Snapshot of a space's statistics: `offset` is the feed entry that it covers. The newest wins. */
  saveSnapshot(space: SpaceId, name: string, offset: number, bytes: Uint8Array): Promise<void>;
  loadSnapshot(
    space: SpaceId,
    name: string,
  ): Promise<{ readonly offset: number; readonly bytes: Uint8Array } | null>;
}

export type ApplyResult =
  | { readonly kind: 'applied'; readonly durability: Durability }
  /** The batch was applied before: nothing changed. */
  | { readonly kind: 'duplicate'; readonly durability: Durability }
  | { readonly kind: 'gap'; readonly expected: number }
  /** The context changed since it was read: read again, fold again. */
  | { readonly kind: 'stale' };

export interface StoredContext {
  /** 0 if the user has none yet. Grows by one with each replacement. */
  readonly version: number;
  /** Encoded by context/codec.ts; empty if there is none. */
  readonly bytes: Uint8Array;
}

export interface StoredCheckpoint {
  readonly item: ItemId;
  readonly dataHash: DataHash;
  readonly version: number;
  readonly timestampMs: number;
  readonly dependencyHashes: readonly DataHash[];
  readonly userContext: string;
  readonly predictionScore: number;
}

export interface HeldItem {
  readonly item: ItemId;
  readonly dataHash: DataHash;
}

export interface ManifestChange {
  readonly held: readonly HeldItem[];
  readonly dropped: readonly ItemId[];
}

/** All that is kept about a user; everything in it is found by `forget` through one index. */
export interface UserStore {
  context(user: Pseudonym, space: SpaceId): Promise<StoredContext>;
  /**
   * One atomic step: checks (device, sequence), appends to the user's bounded activity log and to the space's
   * feed (exactly one entry a batch), replaces the context if its version is still `expectedVersion`.
   */
  apply(
    user: Pseudonym,
    device: DeviceId,
    batch: ActivityBatch,
    context: { readonly expectedVersion: number; readonly bytes: Uint8Array },
  ): Promise<ApplyResult>;
  /** Highest applied batch of the device, 0 if none. */
  sequence(user: Pseudonym, device: DeviceId): Promise<number>;
  /** Writes or replaces the user's checkpoints in a space; bounded to the newest `checkpointsPerUser`. Last write wins (D4). */
  saveCheckpoints(user: Pseudonym, space: SpaceId, checkpoints: readonly StoredCheckpoint[]): Promise<void>;
  checkpoints(
    user: Pseudonym,
    space: SpaceId,
    items: readonly ItemId[],
  ): Promise<readonly (StoredCheckpoint | null)[]>;
  manifest(user: Pseudonym, device: DeviceId, space: SpaceId): Promise<readonly HeldItem[]>;
  changeManifest(user: Pseudonym, device: DeviceId, space: SpaceId, change: ManifestChange): Promise<void>;
  replaceManifest(
    user: Pseudonym,
    device: DeviceId,
    space: SpaceId,
    held: readonly HeldItem[],
  ): Promise<void>;
}

/** Content by SHA-256, stored once. */
export interface BlobStore {
  has(hash: DataHash): Promise<boolean>;
  /**
   * Stores a content of exactly `sizeBytes` whose SHA-256 is computed while it streams; answers the hash.
   * Throws HASH_MISMATCH if the size (or `expected`, if given) does not hold; nothing is kept then.
   */
  put(content: AsyncIterable<Uint8Array>, sizeBytes: number, expected: DataHash | null): Promise<DataHash>;
  /** Bytes from `offset` on, at most `length`; null if the blob is not there. */
  read(hash: DataHash, offset: number, length: number): Promise<Uint8Array | null>;
  /** Removes a blob that nothing refers to any more. */
  remove(hash: DataHash): Promise<void>;
}
