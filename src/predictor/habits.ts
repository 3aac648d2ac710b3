import type { ItemUse, UserContext } from '../domain/context.js';
import type { ItemId } from '../domain/ids.js';

/** What is read from a context by item. */
export interface Habits {
  readonly uses: ReadonlyMap<ItemId, ItemUse>;
  /** Places in the recency list, from 0 on. */
  readonly places: ReadonlyMap<ItemId, number>;
}

/** A user's habits. Contexts never change, so what was derived from one is kept as long as it lives. */
export function habitsOf(context: UserContext): Habits {
  const known = derived.get(context);
  if (known !== undefined) return known;
  const habits = {
    uses: new Map(context.items.map((use) => [use.item, use])),
    places: new Map(context.items.map(({ item }, place) => [item, place])),
  };
  derived.set(context, habits);
  return habits;
}

const derived = new WeakMap<UserContext, Habits>();
