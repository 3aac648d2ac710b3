import type { ItemId } from './ids.js';

/**
 * The aggregate of a user's activity in one space over all devices: bounded plain data, a fold over steps
 * (context/reducer.ts). Stored as one value with a version, replaced by compare-and-set.
 */
export interface UserContext {
  /** Steps folded so far. */
  readonly steps: number;
  /** Time of the last step, ms; 0 before the first. */
  readonly lastStepMs: number;
  /** Distinct items, most recently touched first; at most `CONTEXT_LIMITS.items`. */
  readonly items: readonly ItemUse[];
  /** Items of the last steps, newest step first; at most `CONTEXT_LIMITS.steps` steps. */
  readonly recentSteps: readonly (readonly ItemId[])[];
  /** The user's own transitions, from an item to the items of the next step; bounded both ways. */
  readonly transitions: ReadonlyMap<ItemId, ReadonlyMap<ItemId, number>>;
  /** Newest query buckets first; at most `CONTEXT_LIMITS.queryBuckets`. */
  readonly queryBuckets: readonly number[];
  /** Coarse cell of the last permitted location. */
  readonly locationCell: string | null;
}

/** How a user used one item. */
export interface ItemUse {
  readonly item: ItemId;
  readonly lastMs: number;
  /** Index of the step of the last use, from 1 on. */
  readonly lastStep: number;
  readonly lastKind: 'viewed' | 'edited' | 'created';
  readonly count: number;
  /** Uses decayed with a half-life of 7 days, as of `lastMs`. */
  readonly decayed: number;
}

/** Bounds of a context; beyond them the oldest (items, steps, buckets) or the smallest (transitions) go. */
export const CONTEXT_LIMITS = {
  items: 512,
  steps: 16,
  queryBuckets: 64,
  transitionSources: 256,
  transitionTargets: 32,
} as const;

export const EMPTY_CONTEXT: UserContext = {
  steps: 0,
  lastStepMs: 0,
  items: [],
  recentSteps: [],
  transitions: new Map(),
  queryBuckets: [],
  locationCell: null,
};
