import type { ItemUse, UserContext } from '../domain/context.js';
import type { ItemId } from '../domain/ids.js';

/** A user's uses by item. Contexts never change, so what was derived from one is kept as long as it lives. */
export function usesOf(context: UserContext): ReadonlyMap<ItemId, ItemUse> {
  const known = derived.get(context);
  if (known !== undefined) return known;
  const uses = new Map(context.items.map((use) => [use.item, use]));
  derived.set(context, uses);
  return uses;
}

const derived = new WeakMap<UserContext, ReadonlyMap<ItemId, ItemUse>>();
