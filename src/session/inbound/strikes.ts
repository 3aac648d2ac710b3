/** Devices that are remembered; beyond it the one that struck longest ago is forgotten. */
const MAX_DEVICES = 10_000;

/**
 * How often in a row a device announced a digest that is not that of the manifest it then sent. Such a device would be
 * asked for its manifest at every Hello, for ever.
 */
export class Strikes {
  readonly #devices = new Map<string, number>();

  /** One more; answers how many in a row. */
  strike(device: string): number {
    const count = (this.#devices.get(device) ?? 0) + 1;
    this.#devices.delete(device);
    this.#devices.set(device, count);
    if (this.#devices.size > MAX_DEVICES) this.#forgetOldest();
    return count;
  }

  clear(device: string): void {
    this.#devices.delete(device);
  }

  #forgetOldest(): void {
    for (const oldest of this.#devices.keys()) {
      this.#devices.delete(oldest);
      return;
    }
  }
}
