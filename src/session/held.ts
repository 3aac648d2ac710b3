import type { DataHash, ItemId } from '../domain/ids.js';
import type { HeldItem, ManifestChange } from '../domain/store-port.js';

/**
 * What one device holds in one space: its manifest while the session lives, and what of it the store does not know yet.
 * Bounded by SessionSettings.maxManifestEntries; about 250 bytes a content.
 */
export class Held {
  readonly #items = new Map<ItemId, DataHash>();
  /** Items that changed since the store was told. */
  #changed = new Set<ItemId>();

  get size(): number {
    return this.#items.size;
  }

  get(item: ItemId): DataHash | undefined {
    return this.#items.get(item);
  }

  items(): IterableIterator<ItemId> {
    return this.#items.keys();
  }

  all(): readonly HeldItem[] {
    return Array.from(this.#items, ([item, dataHash]) => ({ item, dataHash }));
  }

  /** As the store has it. */
  load(item: ItemId, hash: DataHash): void {
    this.#items.set(item, hash);
  }

  set(item: ItemId, hash: DataHash): void {
    if (this.#items.get(item) === hash) return;
    this.#items.set(item, hash);
    this.#changed.add(item);
  }

  drop(item: ItemId): void {
    if (this.#items.delete(item)) this.#changed.add(item);
  }

  clear(): void {
    this.#items.clear();
    this.#changed.clear();
  }

  /** How many changes wait to be taken. */
  get untold(): number {
    return this.#changed.size;
  }

  /** What the store does not know yet; it is told from now on. */
  take(): ManifestChange {
    const held: HeldItem[] = [];
    const dropped: ItemId[] = [];
    for (const item of this.#changed) {
      const dataHash = this.#items.get(item);
      if (dataHash === undefined) dropped.push(item);
      else held.push({ item, dataHash });
    }
    this.#changed = new Set();
    return { held, dropped };
  }

  /** The store could not be told after all. */
  giveBack({ held, dropped }: ManifestChange): void {
    for (const { item } of held) this.#changed.add(item);
    for (const item of dropped) this.#changed.add(item);
  }
}
