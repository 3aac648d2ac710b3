import type { DeviceId, ItemId, Pseudonym, SpaceId } from './ids.js';

export type Activity = ItemActivity | SearchActivity;

/** A user opened, changed or made an item. */
export interface ItemActivity {
  readonly type: 'viewed' | 'edited' | 'created';
  readonly item: ItemId;
  readonly timeMs: number;
  readonly locationCell: string | null;
}

/** A user searched. The terms are keyed hash buckets, made on the device. */
export interface SearchActivity {
  readonly type: 'searched';
  readonly queryBuckets: readonly number[];
  readonly timeMs: number;
  readonly locationCell: string | null;
}

/** What one device reports at once. `sequence` counts the device's batches from 1 on. */
export interface ActivityBatch {
  readonly space: SpaceId;
  readonly sequence: number;
  readonly activities: readonly Activity[];
}

/** How an item was touched in a step, its activities merged: created if any creates, else edited if any edits. */
export interface StepItem {
  readonly item: ItemId;
  readonly kind: 'viewed' | 'edited' | 'created';
}

/** A user and a whole second: the items touched in it, each once; their order means nothing. */
export interface Step {
  readonly space: SpaceId;
  readonly user: Pseudonym;
  readonly device: DeviceId;
  readonly timeMs: number;
  readonly items: readonly StepItem[];
  readonly queryBuckets: readonly number[];
  readonly locationCell: string | null;
}
