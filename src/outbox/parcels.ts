import type { ItemId, SpaceId } from '../domain/ids.js';
import type { Parcel } from './parcel.js';

/** The newest parcel of each item that is on its way. Bounded by the queues and the bounds on what is in flight. */
export class Parcels {
  readonly #spaces = new Map<SpaceId, Map<ItemId, Parcel>>();

  get(space: SpaceId, item: ItemId): Parcel | undefined {
    return this.#spaces.get(space)?.get(item);
  }

  items(space: SpaceId): readonly ItemId[] {
    return [...(this.#spaces.get(space)?.keys() ?? [])];
  }

  set(parcel: Parcel): void {
    const items = this.#spaces.get(parcel.space);
    if (items === undefined) this.#spaces.set(parcel.space, new Map([[parcel.item, parcel]]));
    else items.set(parcel.item, parcel);
  }

  /** Forgets the parcel, unless a newer one of the same item took its place. */
  delete(parcel: Parcel): void {
    // The map of a space stays when it is empty: a device follows a few, and its next parcel comes soon.
    const items = this.#spaces.get(parcel.space);
    if (items?.get(parcel.item) === parcel) items.delete(parcel.item);
  }
}
