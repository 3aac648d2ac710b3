import type { Reason } from './checkpoint.js';
import type { ItemId, Pseudonym } from './ids.js';
import type { SpaceMeta } from './store-port.js';

/**
 * What a node foretells when a backend asks: the same ranking that its plans are made by. Asking changes nothing: nothing is
 * learned, planned or spent. Throws OVERLOADED, SHUTTING_DOWN, MODEL_FAILED, STORE_UNAVAILABLE.
 */
export interface Predictions {
  /** The items that the user needs most probably next, best first, at most `k`; none for a user of whom nothing is known. */
  predict(space: SpaceMeta, user: Pseudonym, k: number): Promise<readonly Prediction[]>;
  /** Why an item has its score. Throws ITEM_UNKNOWN if it does not exist. */
  explain(space: SpaceMeta, user: Pseudonym, item: ItemId): Promise<Explanation>;
}

export interface Prediction {
  readonly item: ItemId;
  /** Probability (model) or rank score (heuristics, at most 1) that the user needs the item next. */
  readonly score: number;
  /** Strongest first, at most 3. */
  readonly reasons: readonly Reason[];
}

export interface Explanation {
  readonly prediction: Prediction;
  /** Every feature of the item by its name, before it is standardised. */
  readonly features: ReadonlyMap<string, number>;
}
