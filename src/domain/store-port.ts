import type { ActivityBatch } from './activity.js';
import type { Durability } from './checkpoint.js';
import type { DataHash, DeviceId, ItemId, Pseudonym, SpaceId } from './ids.js';
import type { Change, Edge, Head } from './item.js';
import type { LessonLog } from './lesson-log.js';
import type { LogBounds } from './position.js';
import type { StoredCheckpoint, StoredUser, UserRecord } from './user-record.js';

/**
 * All state that outlives a process. Every method that writes resolves only when what it did is as safe as the
 * `Durability` it answers, and is seen by no reader before. Every method may throw STORE_UNAVAILABLE, after which the
 * outcome is unknown and retrying is safe, STORE_CORRUPT, and FIELD_INVALID for ids that are empty, longer than 512 bytes
 * or no Unicode. Spaces, and what is written for a user in a space, throw SPACE_UNKNOWN if that was never made.
 * One conformance suite (test/contract/store) runs against every adapter.
 */
export interface Store {
  readonly spaces: SpaceStore;
  readonly users: UserStore;
  readonly blobs: BlobStore;
  /** Whether other processes use it at the same time: their activity comes by the feeds. */
  readonly isShared: boolean;
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
  /** null deletes. The blob must have been put before, within its grace: else FIELD_INVALID. */
  readonly dataHash: DataHash | null;
  /** Size of that blob; of no meaning for a delete. */
  readonly sizeBytes: number;
  readonly timestampMs: number;
  readonly edges: readonly Edge[];
  readonly writer: Pseudonym | null;
  readonly audience: readonly Pseudonym[];
  readonly condition: WriteCondition;
}

/** `absent`: the item never existed or is deleted. */
export type WriteCondition =
  | { readonly kind: 'always' }
  | { readonly kind: 'absent' }
  | { readonly kind: 'matches'; readonly dataHash: DataHash };

export type CommitResult =
  | { readonly kind: 'committed'; readonly change: Change; readonly durability: Durability }
  /** The condition did not hold (or a delete found nothing): `current` is what `head` answers. */
  | { readonly kind: 'conflict'; readonly current: Head | null };

export type LogPage =
  | { readonly kind: 'page'; readonly changes: readonly Change[]; readonly bounds: LogBounds }
  | { readonly kind: 'compacted'; readonly bounds: LogBounds };

/** One committed activity batch, for those who keep a space's statistics. */
export interface FeedEntry {
  /** Place in the feed (or the user's activity log), from 1 on, increasing. */
  readonly offset: number;
  readonly user: Pseudonym;
  readonly device: DeviceId;
  readonly batch: ActivityBatch;
}

/** Entries in order; those with `low < offset <= high` are there, older ones are gone. */
export interface FeedPage {
  readonly entries: readonly FeedEntry[];
  readonly low: number;
  readonly high: number;
}

/** What stands in a feed where a user was forgotten; `mark` as util/forgotten-mark.ts makes it of the pseudonym. */
export interface ForgottenMark {
  readonly offset: number;
  readonly mark: string;
}

/** A page of a space's feed, entries and marks by their offsets. Batches of the forgotten are gone from in between. */
export interface SpaceFeedPage extends FeedPage {
  readonly forgotten: readonly ForgottenMark[];
}

export interface SpaceStore extends LessonLog {
  /** Makes the space if it does not exist; `shards` counts only then. */
  ensure(space: SpaceId, shards: number): Promise<SpaceMeta>;
  /** null if the space does not exist. */
  meta(space: SpaceId): Promise<SpaceMeta | null>;
  /**
   * One atomic step: condition, head, edges, references to blobs, log entry with the next offset of the item's shard,
   * then a wake-up. Writing the hash, size and edges that the item already has is no change, whatever the condition says
   * (so a write whose answer was lost can be repeated): the current head's change is answered again.
   */
  commit(request: ChangeRequest): Promise<CommitResult>;
  /**
   * The item's head. A deleted item has one too, with `dataHash` null, as long as its delete is in the log; after that,
   * and if it never existed, null.
   */
  head(space: SpaceId, item: ItemId): Promise<Head | null>;
  /** What `head` answers for each of `items`, in their order. At most 2,048 items. */
  heads(space: SpaceId, items: readonly ItemId[]): Promise<readonly (Head | null)[]>;
  /** Live heads (not deleted) by prefix, in order of the ids' UTF-8 bytes, after `after` (exclusive; '' = from the start). */
  list(space: SpaceId, prefix: string, after: string, limit: number): Promise<readonly Head[]>;
  bounds(space: SpaceId, shard: number): Promise<LogBounds>;
  /** Changes with offset > after, in order, at most `limit`. Logs keep the newest `logRetention` entries a shard. */
  readLog(space: SpaceId, shard: number, after: number, limit: number): Promise<LogPage>;
  /**
   * Yields the shard whenever its log may have grown (a wake-up, never the truth); coalesced, bounded to one a shard.
   * Each shard is yielded once at the start: who reads the log on every wake-up misses nothing. Ends with the signal or the
   * reader, even one that waits. STORE_UNAVAILABLE when the store is closed. A space that is made later rings as it grows.
   */
  wakeUps(space: SpaceId, signal: AbortSignal): AsyncIterable<number>;
  /** Entries and marks with offset > after, at most `limit` together. Keeps the newest `feedRetention`. */
  readFeed(space: SpaceId, after: number, limit: number): Promise<SpaceFeedPage>;
  /** Snapshot of a space's statistics: `offset` is the feed entry that it covers. The highest offset wins. */
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
  /** The user's era if there is none yet (0 before they are forgotten). Grows by one with each replacement. */
  readonly version: number;
  /** Encoded by context/codec.ts; empty if there is none. */
  readonly bytes: Uint8Array;
}

/** A user's recurrent state in a space, with versions as of a context; what its bytes mean is the predictor's affair. */
export interface StoredRecurrent {
  readonly version: number;
  /** At most `RECURRENT_BYTES`; empty if there is none. */
  readonly bytes: Uint8Array;
}

/** Of a recurrent state, encoded. */
export const RECURRENT_BYTES = 4096;

export interface HeldItem {
  readonly item: ItemId;
  readonly dataHash: DataHash;
}

export interface ManifestChange {
  readonly held: readonly HeldItem[];
  readonly dropped: readonly ItemId[];
}

/**
 * All that is kept about a user; everything in it is found by `forget` through one index. Who writes says in which era
 * of the user it learned what it writes (left out: 0, of a user who was never forgotten): if they were forgotten since,
 * nothing is written and FORGOTTEN is thrown.
 */
export interface UserStore {
  /** Finishes a `forget` that was cut off, if there is one. */
  meet(user: Pseudonym): Promise<StoredUser>;
  /** All that is kept about a user, kind by kind, read in pages; what is written meanwhile may be in it or not. */
  records(user: Pseudonym): AsyncIterable<UserRecord>;
  /**
   * Begins another era of the user and removes what `records` lists; leaves a mark in each of the feeds. Answers how many
   * records that were. After a failure some may be left: the next `forget` or `meet` removes them, and until then every
   * write for the user is refused. `cleared` is called for each space whose feed was marked; it may throw.
   */
  forget(user: Pseudonym, cleared?: (space: SpaceId) => Promise<void>): Promise<number>;
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
    era?: number,
  ): Promise<ApplyResult>;
  recurrent(user: Pseudonym, space: SpaceId): Promise<StoredRecurrent>;
  /**
   * Replaces the recurrent state if its version is still `expectedVersion`, and answers whether it did. FIELD_INVALID
   * beyond `RECURRENT_BYTES`.
   */
  saveRecurrent(
    user: Pseudonym,
    space: SpaceId,
    expectedVersion: number,
    bytes: Uint8Array,
  ): Promise<boolean>;
  /** The user's newest batches over all devices and spaces, with offset > after. Keeps the newest `activityRetention`. */
  readActivity(user: Pseudonym, after: number, limit: number): Promise<FeedPage>;
  /** Highest applied batch of the device, 0 if none. */
  sequence(user: Pseudonym, device: DeviceId): Promise<number>;
  /** Writes or replaces the user's checkpoints in a space; keeps the `checkpointsPerUser` saved last. Last write wins (D4). */
  saveCheckpoints(
    user: Pseudonym,
    space: SpaceId,
    checkpoints: readonly StoredCheckpoint[],
    era?: number,
  ): Promise<void>;
  checkpoints(
    user: Pseudonym,
    space: SpaceId,
    items: readonly ItemId[],
  ): Promise<readonly (StoredCheckpoint | null)[]>;
  /** What the device holds, each item once; their order means nothing. */
  manifest(user: Pseudonym, device: DeviceId, space: SpaceId): Promise<readonly HeldItem[]>;
  /** Takes `dropped` out, then puts `held` in. FIELD_INVALID beyond `manifestItems`; nothing is changed then. */
  changeManifest(
    user: Pseudonym,
    device: DeviceId,
    space: SpaceId,
    change: ManifestChange,
    era?: number,
  ): Promise<void>;
  replaceManifest(
    user: Pseudonym,
    device: DeviceId,
    space: SpaceId,
    held: readonly HeldItem[],
    era?: number,
  ): Promise<void>;
}

/**
 * Content by SHA-256, stored once. A blob that no head names (not yet, or not any more) lives for `blobGraceMs` after it
 * was put or last named; then it is gone for readers, and its bytes are removed in bounded batches as others are written.
 */
export interface BlobStore {
  has(hash: DataHash): Promise<boolean>;
  /**
   * Stores a content of exactly `sizeBytes` whose SHA-256 is computed while it streams; answers the hash.
   * Throws HASH_MISMATCH if the size (or `expected`, if given) does not hold; nothing is kept then.
   */
  put(content: AsyncIterable<Uint8Array>, sizeBytes: number, expected: DataHash | null): Promise<DataHash>;
  /** Bytes from `offset` on, at most `length`; null if the blob is not there. */
  read(hash: DataHash, offset: number, length: number): Promise<Uint8Array | null>;
  /** Removes a blob at once, without its grace; does nothing while a head names it. */
  remove(hash: DataHash): Promise<void>;
}
