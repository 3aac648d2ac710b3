import type { Reason } from './checkpoint.js';
import type { DataHash, DeviceId, ItemId, Pseudonym } from './ids.js';

/** A change that is addressed to nobody is planned for so many of those who used the item, the latest first. */
export const HOLDERS = 15;

/** How many own steps ahead an open counts: what a score is the probability of, and what is learned and judged by. */
export const HORIZON_STEPS = 10;

/** A candidate with its score and what pushing it would cost. */
export interface Scored {
  readonly item: ItemId;
  /** Probability (model) or plain rank score (heuristics) that the user needs the item next; finite, >= 0. */
  readonly score: number;
  /** What orders a plan by price instead of the score, in units of its own: somebody else ranks than who scores. */
  readonly rank?: number;
  /** What orders instead of both while the budget pays for all that is offered: then what is needed soonest goes first. */
  readonly need?: number;
  /** Bytes of the content and of the parts that the device lacks. */
  readonly bytes: number;
  /** The item and the parts that travel along, each with the hash to push; never empty. */
  readonly bundle: readonly PlannedItem[];
}

export interface PlannedItem {
  readonly item: ItemId;
  readonly dataHash: DataHash;
  readonly version: number;
  readonly sizeBytes: number;
}

/** What a plan decided for one candidate; candidates that are not worth anything are absent. */
export interface PlannedPush {
  readonly kind: 'content' | 'metadata';
  readonly scored: Scored;
}

/** The pushes for one device, best first. */
export interface DevicePlan {
  readonly user: Pseudonym;
  readonly device: DeviceId;
  readonly pushes: readonly ExplainedPush[];
}

export interface ExplainedPush extends PlannedPush {
  readonly reasons: readonly Reason[];
}
