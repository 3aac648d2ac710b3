import type { UserContext } from '../domain/context.js';
import type { ItemId } from '../domain/ids.js';

/** Places of items in a user's recency list, from 0 on. Contexts never change, so it is made once for each. */
export function placesOf(context: UserContext): ReadonlyMap<ItemId, number> {
  const known = derived.get(context);
  if (known !== undefined) return known;
  const places = new Map<ItemId, number>();
  for (const [place, { item }] of context.items.entries()) places.set(item, place);
  derived.set(context, places);
  return places;
}

const derived = new WeakMap<UserContext, ReadonlyMap<ItemId, number>>();
