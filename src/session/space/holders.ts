import type { ItemId } from '../../domain/ids.js';

/**
 * Who holds an item, or is about to: the live sessions of one space on this node. Bounded by the manifests of those
 * sessions (SessionSettings.maxHeld): about 120 bytes an item and 30 for each further holder of it.
 */
export class Holders<Holder> {
  readonly #items = new Map<ItemId, Entry<Holder>>();
  #size = 0;

  /** Pairs of an item and a holder. */
  get size(): number {
    return this.#size;
  }

  /** Answers the item's id as it is kept here, so that sessions share one copy of it. */
  add(item: ItemId, holder: Holder): ItemId {
    const entry = this.#items.get(item);
    if (entry === undefined) {
      this.#items.set(item, { item, first: holder, more: null });
      this.#size++;
      return item;
    }
    if (entry.first === holder || entry.more?.has(holder) === true) return entry.item;
    entry.more ??= new Set();
    entry.more.add(holder);
    this.#size++;
    return entry.item;
  }

  delete(item: ItemId, holder: Holder): void {
    const entry = this.#items.get(item);
    if (entry === undefined) return;
    if (entry.first !== holder) {
      if (entry.more?.delete(holder) === true) this.#size--;
      return;
    }
    this.#size--;
    if (entry.more === null || entry.more.size === 0) this.#items.delete(item);
    else this.#promote(entry, entry.more);
  }

  /** Holders now; those that come or go while the answer is read do not change it. */
  of(item: ItemId): readonly Holder[] {
    const entry = this.#items.get(item);
    if (entry === undefined) return [];
    return entry.more === null ? [entry.first] : [entry.first, ...entry.more];
  }

  #promote(entry: Entry<Holder>, more: Set<Holder>): void {
    for (const next of more) {
      entry.first = next;
      more.delete(next);
      return;
    }
  }
}

interface Entry<Holder> {
  readonly item: ItemId;
  first: Holder;
  more: Set<Holder> | null;
}
