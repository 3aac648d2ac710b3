import type { DataHash, ItemId } from '../../domain/ids.js';
import type { HeldItem, ManifestChange } from '../../domain/store-port.js';

/**
 * What one device holds in one space: its manifest while the session lives, and what of it the store does not know yet.
 *
 * The store's copy is what the next Hello is judged by: if it is what the device holds, only changes after the device's
 * position are told. So a content that may have been old before the device held it (it came beside the log: an answer, an
 * own write, a manifest) is kept from the store until the device knows how it stands. Until then the digests differ, and
 * a session that ends early is followed by a comparison.
 *
 * Bounded by SessionSettings.maxManifestEntries; about 250 bytes a content.
 */
export class Held {
  readonly #items = new Map<ItemId, DataHash>();
  /** Items that changed since the store was told. */
  #changed = new Set<ItemId>();
  /** Items that are kept from the store, each with the number of the last reason. */
  readonly #unsure = new Map<ItemId, number>();
  #reasons = 0;

  get size(): number {
    return this.#items.size;
  }

  /** How many changes wait to be taken, those included that are kept from the store. */
  get untold(): number {
    return this.#changed.size;
  }

  get(item: ItemId): DataHash | undefined {
    return this.#items.get(item);
  }

  items(): IterableIterator<ItemId> {
    return this.#items.keys();
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

  /** The device may hold, or be about to hold, an old content of the item and not know it. */
  distrust(item: ItemId): void {
    this.#unsure.set(item, ++this.#reasons);
  }

  /** The number of the last reason for distrust; 0 if there is none. */
  reason(item: ItemId): number {
    return this.#unsure.get(item) ?? 0;
  }

  /** The device knows how the item stands, as of that reason. */
  trust(item: ItemId, reason: number): void {
    if (this.#unsure.get(item) === reason) this.#unsure.delete(item);
  }

  /** What may be told to the store and was not; it counts as told from now on. */
  take(): ManifestChange {
    const held: HeldItem[] = [];
    const dropped: ItemId[] = [];
    const unsure = new Set<ItemId>();
    for (const item of this.#changed) {
      const dataHash = this.#items.get(item);
      if (this.#unsure.has(item)) unsure.add(item);
      else if (dataHash === undefined) dropped.push(item);
      else held.push({ item, dataHash });
    }
    this.#changed = unsure;
    return { held, dropped };
  }

  /** As `take`, of everything that is held: for a store that knows something else. */
  takeAll(): readonly HeldItem[] {
    this.#changed = new Set(this.#items.keys());
    return this.take().held;
  }

  /** The store could not be told after all. */
  giveBack({ held, dropped }: ManifestChange): void {
    for (const { item } of held) this.#changed.add(item);
    for (const item of dropped) this.#changed.add(item);
  }
}
