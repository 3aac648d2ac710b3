import type { ItemId } from '../domain/ids.js';
import type { WaitKind } from './figure-types.js';

/**
 * Why an open of a device would wait: told by the trace alone, so that it is the same under every policy. An item that
 * the device used before in its current content waits only if the buffer let it go.
 */
export class Kinds<Device> {
  readonly #revisions = new Map<ItemId, number>();
  readonly #used = new Map<Device, Map<ItemId, number>>();

  /** The item got a new content. */
  changed(item: ItemId): void {
    this.#revisions.set(item, this.#revision(item) + 1);
  }

  /** The kind of an open, if it waits. */
  of(device: Device, item: ItemId): WaitKind {
    const used = this.#used.get(device)?.get(item);
    if (used === undefined) return 'first-touch';
    return used === this.#revision(item) ? 'evicted' : 'repeat-changed';
  }

  /** The device opened or wrote the item as it is now. */
  used(device: Device, item: ItemId): void {
    const used = this.#used.get(device) ?? new Map<ItemId, number>();
    this.#used.set(device, used.set(item, this.#revision(item)));
  }

  #revision(item: ItemId): number {
    return this.#revisions.get(item) ?? 0;
  }
}
