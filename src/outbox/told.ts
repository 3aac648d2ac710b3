import type { DataHash, ItemId, SpaceId } from '../domain/ids.js';

/** Items that a session remembers having told as metadata; beyond it the oldest are told again. */
const MAX_TOLD = 1024;

/** Which contents a device was sent as metadata in this session. */
export class Told {
  readonly #spaces = new Map<SpaceId, Map<ItemId, DataHash>>();

  has(space: SpaceId, item: ItemId, hash: DataHash): boolean {
    return this.#spaces.get(space)?.get(item) === hash;
  }

  add(space: SpaceId, item: ItemId, hash: DataHash): void {
    const items = this.#spaces.get(space) ?? new Map<ItemId, DataHash>();
    items.delete(item);
    items.set(item, hash);
    this.#spaces.set(space, items);
    if (items.size <= MAX_TOLD) return;
    for (const oldest of items.keys()) {
      items.delete(oldest);
      return;
    }
  }
}
