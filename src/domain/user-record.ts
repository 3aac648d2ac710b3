import type { ActivityBatch } from './activity.js';
import type { DataHash, DeviceId, ItemId, Pseudonym, SpaceId } from './ids.js';

/** One thing that a store keeps about a user; together they are all of it. */
export type UserRecord =
  /** Highest applied batch of a device. */
  | { readonly kind: 'sequence'; readonly device: DeviceId; readonly sequence: number }
  /** See StoredContext. */
  | {
      readonly kind: 'context';
      readonly space: SpaceId;
      readonly version: number;
      readonly bytes: Uint8Array;
    }
  /** See StoredRecurrent. */
  | {
      readonly kind: 'recurrent';
      readonly space: SpaceId;
      readonly version: number;
      readonly bytes: Uint8Array;
    }
  /** A batch in the user's own log. */
  | {
      readonly kind: 'activity';
      readonly offset: number;
      readonly device: DeviceId;
      readonly batch: ActivityBatch;
    }
  /** A batch in the feed of its space, whether the user's own log still has it or not. */
  | {
      readonly kind: 'fed';
      readonly offset: number;
      readonly device: DeviceId;
      readonly batch: ActivityBatch;
    }
  /** Of a space those saved longest ago come first. */
  | { readonly kind: 'checkpoint'; readonly space: SpaceId; readonly checkpoint: StoredCheckpoint }
  /** A content that a device holds: one line of its manifest. */
  | {
      readonly kind: 'held';
      readonly device: DeviceId;
      readonly space: SpaceId;
      readonly item: ItemId;
      readonly dataHash: DataHash;
    };

export interface StoredCheckpoint {
  readonly item: ItemId;
  readonly dataHash: DataHash;
  readonly version: number;
  readonly timestampMs: number;
  readonly dependencyHashes: readonly DataHash[];
  readonly userContext: string;
  readonly predictionScore: number;
}

/** How long a store remembers that a user was forgotten, ms: a device that was away for longer begins anew in any case. */
export const FORGOTTEN_MS = 400 * 24 * 60 * 60 * 1000;

/** A user as a store knows them. */
export interface StoredUser {
  /**
   * 0 until the user is forgotten for the first time, then when that was done last, ms since the epoch; it never goes back.
   * It is remembered for `forgottenMs`, under a hash of the pseudonym, and is all that remains.
   */
  readonly era: number;
  /** What stands for the user in the change logs: random, made when they are first met, gone when they are forgotten. */
  readonly alias: Pseudonym;
}
