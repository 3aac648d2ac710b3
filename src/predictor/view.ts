import type { ItemUse, UserContext } from '../domain/context.js';
import type { Question } from '../domain/engine-port.js';
import type { ItemId } from '../domain/ids.js';
import type { Counts } from './counts.js';
import { placesOf } from './habits.js';

/** A question in the numbers of a space's statistics: what every signal and feature is read from. */
export interface View {
  readonly counts: Counts;
  readonly user: number;
  readonly context: UserContext;
  readonly nowMs: number;
  readonly items: readonly ItemId[];
  /** Numbers of `items`, −1 where the space does not know one. */
  readonly numbers: readonly number[];
  /** The user's own use of each of `items`. */
  readonly uses: readonly (ItemUse | undefined)[];
  /** Place of each of `items` in the user's recency list, from 0 on; −1 if it is not in it. */
  readonly places: readonly number[];
  /** Numbers of the items of the user's last steps, newest first. */
  readonly steps: readonly (readonly number[])[];
}

/** One number for each item of a view, in their order. */
export type Signal = (view: View) => Float64Array;

export function viewOf(counts: Counts, question: Question): View {
  const { context, items, nowMs } = question;
  const known = placesOf(context);
  const places = items.map((item) => known.get(item) ?? -1);
  return {
    counts,
    user: counts.users.find(question.user),
    context,
    nowMs,
    items,
    numbers: items.map((item) => counts.items.find(item)),
    uses: places.map((place) => context.items[place]),
    places,
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

/** A signal that is read item by item: by its number, and by where it is in the view. */
export function each(view: View, read: (number: number, at: number) => number): Float64Array {
  const values = new Float64Array(view.items.length);
  for (let at = 0; at < values.length; at++) values[at] = read(view.numbers[at] ?? -1, at);
  return values;
}
