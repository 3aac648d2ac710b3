import type { Location } from './geohash.js';

/**
 * One thing that the user did. These fields are all there is: whatever else an object carries never leaves the device.
 *
 * @example
 * client.report({ type: 'edited', space: 'notes', item: 'plan.md' });
 * client.report({ type: 'searched', space: 'notes', query: 'quarterly plan' });
 */
export type Activity = ItemActivity | SearchActivity;

/** The user opened an item, changed it, or made it. */
export interface ItemActivity extends ActivityContext {
  readonly type: 'viewed' | 'edited' | 'created';
  readonly item: string;
}

/** The user searched. Only keyed hashes of the query's terms leave the device, never the terms. */
export interface SearchActivity extends ActivityContext {
  readonly type: 'searched';
  /** The query as typed, at most 4,096 characters. */
  readonly query: string;
}

export interface ActivityContext {
  /** May be left out if the client follows a single space. */
  readonly space?: string | undefined;
  /** When, ms since the epoch; now if left out, corrected by how far the device's clock is off the server's. */
  readonly timeMs?: number | undefined;
  /** Used only if the client was connected with `locationPermitted`, and only as a cell of about 39 × 20 km. */
  readonly location?: Location | undefined;
}
