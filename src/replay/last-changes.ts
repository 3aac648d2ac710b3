import type { ItemId, UserId } from '../domain/ids.js';

/** Who changed an item; null is somebody outside. */
type Writer = UserId | null;

interface Last {
  readonly writer: Writer;
  readonly moment: number;
  /** The latest change by anybody but `writer`, −1 if there is none. */
  readonly byOthers: number;
}

/** When an item was last changed by others than a given user. */
export class LastChanges {
  readonly #last = new Map<ItemId, Last>();

  /** Moments must not go back. */
  changed(item: ItemId, writer: Writer, moment: number): void {
    const last = this.#last.get(item);
    const byOthers = last === undefined ? -1 : last.writer === writer ? last.byOthers : last.moment;
    this.#last.set(item, { writer, moment, byOthers });
  }

  /** The moment of the latest change by anybody but the user, −1 if there is none. */
  lastByOthers(item: ItemId, user: UserId): number {
    const last = this.#last.get(item);
    if (last === undefined) return -1;
    return last.writer === user ? last.byOthers : last.moment;
  }
}
