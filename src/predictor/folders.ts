import type { ItemId } from '../domain/ids.js';
import { DecayedCounts } from './decayed-counts.js';
import { Interner } from './interner.js';
import { folderOf } from './item-graph.js';

const DAY_MS = 24 * 60 * 60 * 1000;

/** Uses by folder: what is known of an item that nobody used yet. Grows with the folders, four numbers each. */
export class Folders {
  /** Uses by everyone, half-life 14 days. */
  readonly popularity = new DecayedCounts(14 * DAY_MS);
  /** Uses by everyone, half-life 1 day. */
  readonly trend = new DecayedCounts(DAY_MS);
  readonly #items: Interner<ItemId>;
  readonly #names = new Interner<string>();
  /** By number of item. */
  readonly #of: (number | undefined)[] = [];

  constructor(items: Interner<ItemId>) {
    this.#items = items;
  }

  /** The number of an item's folder; −1 for an unknown item. */
  of(item: number): number {
    if (item < 0) return -1;
    return (this.#of[item] ??= this.#names.number(folderOf(this.#items.name(item))));
  }

  /** An item was used. */
  used(item: number, timeMs: number): void {
    const folder = this.of(item);
    this.popularity.count(folder, timeMs);
    this.trend.count(folder, timeMs);
  }
}
