import type { ActivityBatch } from './activity.js';
import type { DataHash, DeviceId, ItemId, SpaceId } from './ids.js';
import type { StoredCheckpoint } from './store-port.js';

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
