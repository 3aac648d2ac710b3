import type { ItemUse, UserContext } from '../domain/context.js';
import type { Question } from '../domain/engine-port.js';
import type { ItemId } from '../domain/ids.js';
import type { Counts } from './counts.js';
import { habitsOf } from './habits.js';

/** A question in the numbers of a space's statistics: what every signal and feature is read from. */
export interface View {
  readonly counts: Counts;
  readonly user: number;
  readonly context: UserContext;
  readonly nowMs: number;
  readonly items: readonly ItemId[];
  /** Numbers of `items`, −1 where the space does not know one. */
  readonly numbers: readonly number[];
  /** The user's own uses by item. */
  readonly uses: ReadonlyMap<ItemId, ItemUse>;
  /** Places of items in the user's recency list, from 0 on. */
  readonly places: ReadonlyMap<ItemId, number>;
  /** Numbers of the items of the user's last steps, newest first. */
  readonly steps: readonly (readonly number[])[];
}

/** One number for each item of a view, in their order. */
export type Signal = (view: View) => Float64Array;

export function viewOf(counts: Counts, question: Question): View {
  const { context, items, nowMs } = question;
  return {
    counts,
    user: counts.users.find(question.user),
    context,
    nowMs,
    items,
    numbers: items.map((item) => counts.items.find(item)),
    ...habitsOf(context),
    steps: counts.numbersOf(context).steps,
  };
}

/** The same signal, worked out once for each view; whoever reads it must not write into it. */
export function cached(signal: Signal): Signal {
  const known = new WeakMap<View, Float64Array>();
  return (view) => {
    const values = known.get(view) ?? signal(view);
    known.set(view, values);
    return values;
  };
}

/** A signal that is read item by item. */
export function each(view: View, read: (number: number, item: ItemId) => number): Float64Array {
  const values = new Float64Array(view.items.length);
  for (let place = 0; place < values.length; place++) {
    const item = view.items[place];
    if (item !== undefined) values[place] = read(view.numbers[place] ?? -1, item);
  }
  return values;
}
