import type { Bundle, Parcel } from './parcel.js';

/**
 * Planned contents that wait, in the order of their plans, so that the device stores them in that order. Bounded by
 * `max` parcels: beyond it the bundle with the lowest score goes, of equal ones the oldest.
 */
export class Backlog {
  #entries: { readonly parcel: Parcel; readonly bundle: Bundle }[] = [];

  get size(): number {
    return this.#entries.length;
  }

  get first(): Parcel | undefined {
    return this.#entries[0]?.parcel;
  }

  /** Adds the parcels of a bundle; answers the parcels that have to go for it, which may be its own. */
  add(bundle: Bundle, max: number): readonly Parcel[] {
    for (const parcel of bundle.parcels) this.#entries.push({ parcel, bundle });
    const gone: Parcel[] = [];
    while (this.#entries.length > max) {
      const { bundle: least } = this.#entries.reduce((a, b) => (b.bundle.score < a.bundle.score ? b : a));
      gone.push(...this.#entries.filter((entry) => entry.bundle === least).map((entry) => entry.parcel));
      this.#entries = this.#entries.filter((entry) => entry.bundle !== least);
    }
    return gone;
  }

  shift(): Parcel | undefined {
    return this.#entries.shift()?.parcel;
  }

  remove(parcel: Parcel): void {
    const index = this.#entries.findIndex((entry) => entry.parcel === parcel);
    if (index >= 0) this.#entries.splice(index, 1);
  }
}
