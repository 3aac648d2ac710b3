import type { ActivityBatch } from '../../domain/activity.js';
import type { Durability } from '../../domain/checkpoint.js';
import type { Devices } from '../../domain/engine-port.js';
import type { DeviceId, ItemId, Pseudonym, SpaceId } from '../../domain/ids.js';
import type { Change } from '../../domain/item.js';
import type { DevicePlan } from '../../domain/plan.js';
import type { Explanation, Prediction } from '../../domain/prediction-port.js';
import type { FeedEntry, ForgottenMark } from '../../domain/store-port.js';

/** What sessions and the tail need of a space's node: context → predictor → planner behind one door. */
export interface SpaceHeart {
  /** Folds a batch into the user's context, commits both, learns and plans. One effect however often it comes. */
  applyBatch(
    user: Pseudonym,
    device: DeviceId,
    batch: ActivityBatch,
    /** See StoredUser. */
    era: number,
  ): Promise<AppliedBatch>;
  /** Learns a batch that another node applied, unless it is this node's own, and plans for the user's devices here. Never throws. */
  appliedElsewhere(entry: FeedEntry): Promise<readonly DevicePlan[]>;
  /** Learns a change and plans for its holders. */
  onChange(change: Change): Promise<readonly DevicePlan[]>;
  /** Earns push budget. */
  opened(bytes: number): void;
  /** Gives push budget back. */
  refund(bytes: number): void;
  /** The `user_context` of the user's checkpoints: JSON of at most 4 KiB, empty if nothing is known. */
  userContext(user: Pseudonym): Promise<string>;
  /** The last score of an item for a user, 0 to 1; undefined if the store has to be asked. */
  score(user: Pseudonym, item: ItemId): number | undefined;
  /** See Predictions: what the user may need next. */
  predict(user: Pseudonym, k: number): Promise<readonly Prediction[]>;
  /** See Predictions; null if the item is unknown. */
  explain(user: Pseudonym, item: ItemId): Promise<Explanation | null>;
  /** Drops all that it knows of a user. */
  forget(user: Pseudonym): void;
  /** Another node forgot somebody, as its mark in the feed says: see `forget`. */
  forgottenElsewhere(mark: ForgottenMark): void;
  /** Tells other nodes what was learned here, and learns what they told. Throws STORE_UNAVAILABLE. */
  exchange(): Promise<void>;
  /** Keeps what it learned, as it is now. */
  save(): Promise<void>;
  /** Nobody follows the space any more: keeps what is worth keeping. Called once, after everything else. */
  close?(): Promise<void>;
}

export type AppliedBatch =
  | { readonly kind: 'applied'; readonly durability: Durability; readonly plans: readonly DevicePlan[] }
  | { readonly kind: 'duplicate'; readonly durability: Durability }
  | { readonly kind: 'gap'; readonly expected: number };

/** Opens the node of a space. `devices` are the live sessions that follow it. */
export type OpenHeart = (space: SpaceId, devices: Devices) => Promise<SpaceHeart>;
