import type { DataHash, ItemId } from '../domain/ids.js';

/** What a shadow device keeps: as much as a real one by bytes, and not more items than this. */
export const SHADOW_BUFFER = { bytes: 64 * 1024 * 1024, items: 2048 } as const;

interface Kept {
  readonly hash: DataHash;
  readonly bytes: number;
}

/** The buffer of a device that does not exist: least recently used by bytes. Beyond its bounds the longest unused go. */
export class ShadowBuffer {
  // In the order of their last use.
  readonly #kept = new Map<ItemId, Kept>();
  #bytes = 0;

  /** Items that it keeps. */
  get items(): number {
    return this.#kept.size;
  }

  holds(item: ItemId): DataHash | undefined {
    return this.#kept.get(item)?.hash;
  }

  /** Keeps a content as the most recently used one. One that is larger than all of it is not kept. */
  put(item: ItemId, hash: DataHash, bytes: number): void {
    this.#delete(item);
    if (bytes > SHADOW_BUFFER.bytes) return;
    this.#kept.set(item, { hash, bytes });
    this.#bytes += bytes;
    for (const oldest of this.#kept.keys()) {
      if (this.#bytes <= SHADOW_BUFFER.bytes && this.#kept.size <= SHADOW_BUFFER.items) return;
      this.#delete(oldest);
    }
  }

  #delete(item: ItemId): void {
    this.#bytes -= this.#kept.get(item)?.bytes ?? 0;
    this.#kept.delete(item);
  }
}
