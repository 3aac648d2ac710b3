import type { DataHash, ItemId, SpaceId } from '../../domain/ids.js';
import type { Edge, Head } from '../../domain/item.js';
import type { SpaceStore } from '../../domain/store-port.js';

/** What the port answers at a time. */
const MAX_HEADS = 2048;

/**
 * Heads as of one moment, read in as few batches as the store allows: what one frame is composed from. Bounded by the
 * events of a frame and the edges of their items.
 */
export class Heads {
  readonly #spaces: Pick<SpaceStore, 'heads'>;
  readonly #known = new Map<SpaceId, Map<ItemId, Head | null>>();

  constructor(spaces: Pick<SpaceStore, 'heads'>) {
    this.#spaces = spaces;
  }

  /** Reads those that are not known yet. */
  async load(space: SpaceId, items: Iterable<ItemId>): Promise<void> {
    const known = this.#known.get(space) ?? new Map<ItemId, Head | null>();
    this.#known.set(space, known);
    const missing = [...new Set(items)].filter((item) => !known.has(item));
    for (let from = 0; from < missing.length; from += MAX_HEADS) {
      const batch = missing.slice(from, from + MAX_HEADS);
      const heads = await this.#spaces.heads(space, batch);
      for (const [index, item] of batch.entries()) known.set(item, heads[index] ?? null);
    }
  }

  /** The head of an item that was loaded; null if it does not exist. */
  get(space: SpaceId, item: ItemId): Head | null {
    return this.#known.get(space)?.get(item) ?? null;
  }

  /** Hashes of the existing targets of an item's edges, parts first, as far as they were loaded. */
  dependencies(space: SpaceId, edges: readonly Edge[]): readonly DataHash[] {
    if (edges.length === 0) return [];
    const isPart = ({ kind }: Edge): boolean => kind === 'part';
    const ordered = [...edges.filter(isPart), ...edges.filter((edge) => !isPart(edge))];
    return ordered.flatMap(({ item }) => this.get(space, item)?.dataHash ?? []);
  }
}
