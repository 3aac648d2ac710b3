import type { UserContext } from '../../domain/context.js';
import type { ItemId } from '../../domain/ids.js';
import { folderOf } from '../item-graph.js';

/** Sparse inputs of one candidate: who and what it is, hashed. Two that share a place share a weight. */
export const KEYS = 7;
/** Which of them are about the user, by number. */
export const NAMES_USER: readonly boolean[] = [false, true, false, true, true, false, false];
/** Places that keys are hashed to: the bound of what is kept for names. */
export const PLACES = 1 << 15;

/**
 * Places of the keys of each item, items × `KEYS`, row-major. A user is named by a number: by who came first, not by a
 * pseudonym, so that the same history gives the same places under every key.
 */
export function keysOf(user: number, context: UserContext, items: readonly ItemId[]): Int32Array {
  const keys = new Int32Array(items.length * KEYS);
  const who = Math.imul(user + 1, 0x9e3779b1) >>> 0;
  const before = hashText(context.recentSteps[0]?.[0] ?? '');
  for (const [place, item] of items.entries()) {
    const what = hashText(item);
    const folder = hashText(folderOf(item));
    keys.set(
      [
        placeOf(1, what, 0),
        placeOf(2, who, 0),
        placeOf(3, folder, 0),
        placeOf(4, who, folder),
        placeOf(5, who, what),
        placeOf(6, before, what),
        placeOf(7, hashText(endingOf(item)), 0),
      ],
      place * KEYS,
    );
  }
  return keys;
}

/** FNV-1a over UTF-16 units. */
export function hashText(text: string): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < text.length; at++) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  return hash >>> 0;
}

function placeOf(sort: number, one: number, other: number): number {
  let hash = Math.imul(sort, 0x9e3779b1) ^ one;
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b) ^ other;
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return ((hash ^ (hash >>> 16)) >>> 0) % PLACES;
}

/** What comes after the last dot of a path-like id; everything if there is none. */
function endingOf(item: ItemId): string {
  return item.slice(item.lastIndexOf('.') + 1).slice(0, 16);
}
