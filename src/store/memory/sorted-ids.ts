import type { ItemId } from '../../domain/ids.js';
import { compareUtf8 } from '../utf8-order.js';

/** A set of ids in the order of their UTF-8 bytes. Adding and removing move what comes after. */
export class SortedIds {
  readonly #ids: ItemId[] = [];

  add(id: ItemId): void {
    const index = this.#indexOf(id);
    if (this.#ids[index] !== id) this.#ids.splice(index, 0, id);
  }

  remove(id: ItemId): void {
    const index = this.#indexOf(id);
    if (this.#ids[index] === id) this.#ids.splice(index, 1);
  }

  /** Ids that start with `prefix` and come after `after`, at most `limit`. */
  page(prefix: string, after: string, limit: number): ItemId[] {
    const afterLast = compareUtf8(after, prefix) >= 0;
    let index = this.#indexOf(afterLast ? after : prefix);
    if (afterLast && this.#ids[index] === after) index++;
    const page: ItemId[] = [];
    for (
      let id = this.#ids[index];
      id?.startsWith(prefix) === true && page.length < limit;
      id = this.#ids[++index]
    ) {
      page.push(id);
    }
    return page;
  }

  /** Index of the first id that is not before `text`. */
  #indexOf(text: string): number {
    let low = 0;
    let high = this.#ids.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      const id = this.#ids[middle];
      if (id !== undefined && compareUtf8(id, text) < 0) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
