import type { ItemId } from '../domain/ids.js';
import { Interner } from './interner.js';

/** The parts of items' paths, by number: the same part has the same number. Grows with the items, a few numbers each. */
export class Paths {
  readonly #items: Interner<ItemId>;
  readonly #parts = new Interner<string>();
  /** By number of item. */
  readonly #of: (readonly number[] | undefined)[] = [];

  constructor(items: Interner<ItemId>) {
    this.#items = items;
  }

  /** The parts of an item's path, from the root on. */
  of(item: number): readonly number[] {
    return (this.#of[item] ??= partsOf(this.#items.name(item)).map((part) => this.#parts.number(part)));
  }

  /** The same of an item that has no number; −1 for parts that no other item has. */
  ofNew(item: ItemId): readonly number[] {
    return partsOf(item).map((part) => this.#parts.find(part));
  }
}

const partsOf = (item: ItemId): readonly string[] => item.split('/');
