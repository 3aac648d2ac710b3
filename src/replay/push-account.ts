import type { ItemId } from '../domain/ids.js';

/** A push whose end is not known yet. */
interface OpenPush {
  readonly bytes: number;
  /** The stretch that it was made in; null before the measured part. */
  readonly stretch: number | null;
}

/**
 * What became of pushes: opened, or wasted because the content was superseded, evicted, or still unopened at the end.
 * Counts those that were made in the measured part.
 */
export class PushAccount<Device> {
  readonly #open = new Map<ItemId, Map<Device, OpenPush>>();
  readonly #onWaste: (bytes: number, stretch: number) => void;

  constructor(onWaste: (bytes: number, stretch: number) => void) {
    this.#onWaste = onWaste;
  }

  pushed(device: Device, item: ItemId, push: OpenPush): void {
    this.lost(device, item);
    const open = this.#open.get(item) ?? new Map<Device, OpenPush>();
    this.#open.set(item, open.set(device, push));
  }

  /** The device's user opened the item while the push was there. */
  opened(device: Device, item: ItemId): void {
    this.#open.get(item)?.delete(device);
  }

  /** The device has the pushed content no more. */
  lost(device: Device, item: ItemId): void {
    const push = this.#open.get(item)?.get(device);
    if (push === undefined) return;
    this.#open.get(item)?.delete(device);
    this.#waste(push);
  }

  /** The item changed: what was pushed of it is old. */
  superseded(item: ItemId): void {
    for (const push of this.#open.get(item)?.values() ?? []) this.#waste(push);
    this.#open.delete(item);
  }

  /** The replay is over: what was not opened by now never was. */
  finish(): void {
    for (const item of [...this.#open.keys()]) this.superseded(item);
  }

  #waste({ bytes, stretch }: OpenPush): void {
    if (stretch !== null) this.#onWaste(bytes, stretch);
  }
}
