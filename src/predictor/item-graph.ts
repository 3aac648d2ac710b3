import type { ItemId } from '../domain/ids.js';
import type { Head } from '../domain/item.js';
import type { Interner } from './interner.js';
import type { Words } from './words.js';

/** Bounds of what is known around one item; beyond them the oldest entry goes. */
export const AROUND = { dependants: 64, folder: 64, newest: 64 } as const;

/** The items of a space by number: their heads, edges both ways, folders and which are the newest. */
export class ItemGraph {
  readonly #ids: Interner<ItemId>;
  readonly #words: Words;
  readonly #heads: (Head | undefined)[] = [];
  readonly #epochs: string[] = [];
  readonly #changedBy: number[] = [];
  readonly #dependencies: (readonly number[])[] = [];
  readonly #dependants: (Set<number> | undefined)[] = [];
  readonly #folders = new Map<string, Set<number>>();
  readonly #newest: number[] = [];

  constructor(ids: Interner<ItemId>, words: Words) {
    this.#ids = ids;
    this.#words = words;
  }

  /** Takes a head as the current one of its item, unless a later one of its epoch is known. `writer` −1 is nobody. */
  place(head: Head, epoch: string, writer: number): void {
    const item = this.#ids.number(head.item);
    const known = this.#heads[item];
    if (known !== undefined && known.version > head.version && this.#epochs[item] === epoch) return;
    if (known === undefined) this.#appeared(item);
    if (!sameEdges(known?.edges, head.edges)) this.#connect(item, head);
    this.#heads[item] = head;
    this.#epochs[item] = epoch;
    this.#changedBy[item] = writer;
  }

  /** Current head, undefined if unknown or deleted. */
  head(item: number): Head | undefined {
    const head = this.#heads[item];
    return head === undefined || head.dataHash === null ? undefined : head;
  }

  /** Number of the user who made the current head, −1 if nobody known. */
  changedBy(item: number): number {
    return this.#changedBy[item] ?? -1;
  }

  /** Nobody knows any more what this user changed. */
  forget(user: number): void {
    for (const [item, changer] of this.#changedBy.entries()) if (changer === user) this.#changedBy[item] = -1;
  }

  /** Items that this item's edges name, known or not. */
  dependencies(item: number): readonly number[] {
    return this.#dependencies[item] ?? NOTHING;
  }

  /** Items whose edges name this item, at most `AROUND.dependants`, the oldest first. */
  dependants(item: number): ReadonlySet<number> {
    return this.#dependants[item] ?? NOBODY;
  }

  /** Notes that an item was touched, for the order in its folder. */
  touched(item: number): void {
    const name = folderOf(this.#ids.name(item));
    const folder = this.#folders.get(name) ?? new Set();
    this.#folders.set(name, folder);
    folder.delete(item);
    folder.add(item);
    for (const oldest of folder) {
      if (folder.size <= AROUND.folder) break;
      folder.delete(oldest);
    }
  }

  /** Items of the same folder, at most `AROUND.folder`, the most recently touched first. */
  siblings(item: number): readonly number[] {
    return [...(this.#folders.get(folderOf(this.#ids.name(item))) ?? [])].reverse();
  }

  /** Items that appeared last, newest first, at most `AROUND.newest`. */
  newest(): readonly number[] {
    return this.#newest;
  }

  #appeared(item: number): void {
    this.#words.appeared(item);
    this.#newest.unshift(item);
    if (this.#newest.length > AROUND.newest) this.#newest.pop();
  }

  #connect(item: number, head: Head): void {
    for (const old of this.#dependencies[item] ?? []) this.#dependants[old]?.delete(item);
    const dependencies = head.edges.map((edge) => this.#ids.number(edge.item));
    this.#dependencies[item] = dependencies;
    for (const dependency of dependencies) {
      const dependants = (this.#dependants[dependency] ??= new Set());
      dependants.add(item);
      const oldest = dependants.values().next().value;
      if (oldest !== undefined && dependants.size > AROUND.dependants) dependants.delete(oldest);
    }
  }
}

const NOTHING: readonly number[] = [];
const NOBODY: ReadonlySet<number> = new Set();

/** By value: edges that came over a wire are other objects, and must not count as new. */
function sameEdges(before: Head['edges'] | undefined, now: Head['edges']): boolean {
  if (before === now) return true;
  return before?.length === now.length && before.every(({ item }, at) => item === now[at]?.item);
}

/** Everything up to the last slash of a path-like id; the root's items share the empty one. */
export function folderOf(item: ItemId): string {
  return item.slice(0, Math.max(0, item.lastIndexOf('/')));
}
