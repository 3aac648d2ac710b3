import type { ActivityBatch } from './activity.js';
import type { DataHash, DeviceId, ItemId, Pseudonym, SpaceId } from './ids.js';
import type { Change } from './item.js';
import type { StoredCheckpoint } from './user-record.js';

/**
 * All that a store keeps, in the order in which it is copied: what others refer to comes first. `spaces`: how they are made,
 * and the bounds of their logs; `items`: what is in them.
 */
export const ARCHIVE_PARTS = ['blobs', 'spaces', 'items', 'users', 'forgotten'] as const;
export type ArchivePart = (typeof ARCHIVE_PARTS)[number];

/** A change as it is kept; its epoch is that of its shard. */
export type ArchivedChange = Omit<Change, 'epoch'>;

/** A content; its bytes come by `content`. */
export interface ArchivedBlob {
  readonly kind: 'blob';
  readonly hash: DataHash;
  readonly sizeBytes: number;
  /** Since when its grace runs, ms; null while anything names it. */
  readonly unreferencedMs: number | null;
}

/** Something of a user. */
interface OfUser {
  readonly user: Pseudonym;
}

/** One thing that a store keeps. Users are in logs by their aliases. */
export type ArchiveRecord =
  | ArchivedBlob
  /** `epoch`: of the logs that were made with it. */
  | { readonly kind: 'space'; readonly space: SpaceId; readonly shards: number; readonly epoch: string }
  /** The log of a shard. */
  | {
      readonly kind: 'shard';
      readonly space: SpaceId;
      readonly shard: number;
      readonly epoch: string;
      readonly low: number;
      readonly high: number;
    }
  /** Bounds of a feed that ever had anything. */
  | { readonly kind: 'feed'; readonly space: SpaceId; readonly low: number; readonly high: number }
  /** Last change of an item, a remembered delete included. */
  | ({ readonly kind: 'head' } & ArchivedChange)
  /** An entry of a shard's log. */
  | ({ readonly kind: 'change' } & ArchivedChange)
  /** A batch in a feed. */
  | ({
      readonly kind: 'fed';
      readonly offset: number;
      readonly device: DeviceId;
      readonly batch: ActivityBatch;
    } & OfUser)
  /** In a feed, that somebody was forgotten. */
  | { readonly kind: 'fed-mark'; readonly space: SpaceId; readonly offset: number; readonly mark: string }
  | {
      readonly kind: 'snapshot';
      readonly space: SpaceId;
      readonly name: string;
      readonly offset: number;
      readonly bytes: Uint8Array;
    }
  /** A user who was met, and the era in which that was. */
  | ({ readonly kind: 'alias'; readonly alias: Pseudonym; readonly era: number } & OfUser)
  | ({ readonly kind: 'sequence'; readonly device: DeviceId; readonly sequence: number } & OfUser)
  | ({
      readonly kind: 'context' | 'recurrent';
      readonly space: SpaceId;
      readonly version: number;
      readonly bytes: Uint8Array;
    } & OfUser)
  /** Bounds of a user's activity log. */
  | ({ readonly kind: 'activity-log'; readonly low: number; readonly high: number } & OfUser)
  | ({
      readonly kind: 'activity';
      readonly offset: number;
      readonly device: DeviceId;
      readonly batch: ActivityBatch;
    } & OfUser)
  /** `place`: in the order of saving in its space, from 1 on. */
  | ({
      readonly kind: 'checkpoint';
      readonly space: SpaceId;
      readonly place: number;
      readonly checkpoint: StoredCheckpoint;
    } & OfUser)
  | ({
      readonly kind: 'held';
      readonly device: DeviceId;
      readonly space: SpaceId;
      readonly item: ItemId;
      readonly dataHash: DataHash;
    } & OfUser)
  /** A user who was forgotten, see StoredUser. */
  | {
      readonly kind: 'forgotten';
      readonly mark: string;
      readonly era: number;
      readonly isUnfinished: boolean;
    };

/** A kind of record: what a comparison of two stores tells apart. */
export type ArchiveSection = ArchiveRecord['kind'];

/** Some records, in no order that means anything. */
export interface ArchivePage {
  readonly records: readonly ArchiveRecord[];
  /** Where to go on after this page, in the words of this archive. */
  readonly after: string;
  /** How far it brings a reader, in the unit of `count`. */
  readonly steps: number;
}

/** How far a copy has come: `verifying`, everything is there. */
export interface CopyState {
  /** Names the store that is copied. */
  readonly source: string;
  readonly startedMs: number;
  readonly part: ArchivePart | 'verifying';
  /** See ArchivePage. */
  readonly after: string;
}

/**
 * All that is in a store that no server uses. Methods throw STORE_UNAVAILABLE, STORE_CORRUPT; whoever opened it closes it.
 * One suite (test/contract/store/archive.ts) runs against every adapter whose stores outlive a process.
 */
export interface ArchiveReader {
  /** Throws COPY_REFUSED while anybody else has the store open. */
  mustBeIdle(): Promise<void>;
  /** About how many steps reading a part takes. */
  count(part: ArchivePart): Promise<number>;
  /**
   * A part from `after` on ('' = from the start), as of a time: what was over by then (grace, memory of the forgotten) is
   * left out. Pages hold a few MiB, or one thing that is larger.
   */
  read(part: ArchivePart, after: string, asOfMs: number): AsyncIterable<ArchivePage>;
  /** The bytes of a content in pieces. */
  content(hash: DataHash, sizeBytes: number): AsyncIterable<Uint8Array>;
  close(): Promise<void>;
}

/** A store that a copy is made in. Everything may be written again: that changes nothing. */
export interface ArchiveWriter {
  /** What is there so far. */
  readonly reader: Omit<ArchiveReader, 'close'>;
  /** Makes an empty store an unfinished copy and answers `fresh`, or finds how far it is one. COPY_REFUSED if it is anything else. */
  begin(fresh: CopyState): Promise<CopyState>;
  /** Remembers how far it is; everything that was written before is as safe as the store makes it. */
  save(state: CopyState): Promise<void>;
  /** Writes records of a part whose parts before are complete, but not contents. */
  write(records: readonly ArchiveRecord[]): Promise<void>;
  /** Stores a content with its grace, which begins at `sinceMs`. Throws HASH_MISMATCH if the bytes are not what they should be. */
  putContent(blob: ArchivedBlob, content: AsyncIterable<Uint8Array>, sinceMs: number): Promise<void>;
  /** From now on it is a store like any other. */
  finish(): Promise<void>;
  close(): Promise<void>;
}
