import type { ItemId, SpaceId } from '../domain/ids.js';

/** An item of which the device may hold what is no longer current. */
export interface Doubt {
  readonly space: SpaceId;
  readonly item: ItemId;
  /** Say what is current even if the device holds it: it may have been told otherwise before. */
  readonly tellAnyway: boolean;
}

/**
 * Items to be compared with what the device holds, just before they are told: so an item that changes often is told
 * once, as it is then. Oldest first, one entry an item. Bounded: `add` refuses beyond `max`, and the space falls back to
 * reading the log at the device's own pace.
 */
export class Doubts {
  readonly #spaces = new Map<SpaceId, Map<ItemId, boolean>>();
  #size = 0;

  get size(): number {
    return this.#size;
  }

  /** False if there is no room and the item is not there yet. */
  add({ space, item, tellAnyway }: Doubt, max: number): boolean {
    const items = this.#spaces.get(space) ?? new Map<ItemId, boolean>();
    const known = items.get(item);
    if (known === undefined && this.#size >= max) return false;
    if (known === undefined) this.#size++;
    items.set(item, (known ?? false) || tellAnyway);
    this.#spaces.set(space, items);
    return true;
  }

  /** Whether a doubt about the space waits: its positions must not be claimed before. */
  has(space: SpaceId): boolean {
    return this.#spaces.has(space);
  }

  /** Takes at most `max` out. */
  take(max: number): Doubt[] {
    const taken: Doubt[] = [];
    for (const [space, items] of this.#spaces) {
      for (const [item, tellAnyway] of items) {
        if (taken.length >= max) return taken;
        taken.push({ space, item, tellAnyway });
        items.delete(item);
        this.#size--;
      }
      this.#spaces.delete(space);
    }
    return taken;
  }

  clear(): void {
    this.#spaces.clear();
    this.#size = 0;
  }
}
