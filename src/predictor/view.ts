import type { ItemUse, UserContext } from '../domain/context.js';
import type { Question } from '../domain/engine-port.js';
import type { ItemId } from '../domain/ids.js';
import type { Counts } from './counts.js';

/** A question in the numbers of a space's statistics: what every signal and feature is read from. */
export interface View {
  readonly counts: Counts;
  readonly user: number;
  readonly context: UserContext;
  readonly nowMs: number;
  readonly items: readonly ItemId[];
  /** Numbers of `items`, −1 where the space does not know one. */
  readonly numbers: Int32Array;
  /** The user's own use of each of `items`. */
  readonly uses: readonly (ItemUse | undefined)[];
  /** Place of each of `items` in the user's recency list, from 0 on; −1 if it is not in it. */
  readonly places: Int32Array;
  /** Numbers of the items of the user's last steps, newest first. */
  readonly steps: readonly (readonly number[])[];
}

/** One number for each item of a view, in their order. */
export type Signal = (view: View) => Float64Array;

/** The same, item by item: by the item's number, and by where it is in the view. Nothing is kept, so it costs less. */
export type Reading = (view: View) => (number: number, at: number) => number;

export function viewOf(counts: Counts, question: Question): View {
  const { context, items, nowMs } = question;
  const own = counts.numbersOf(context);
  const placeOf = counts.places.fill(own.items, counts.items.size);
  const numbers = new Int32Array(items.length);
  const places = new Int32Array(items.length);
  const uses: (ItemUse | undefined)[] = [];
  for (const [at, item] of items.entries()) {
    const number = counts.items.find(item);
    const place = (placeOf[number] ?? 0) - 1;
    numbers[at] = number;
    places[at] = place;
    uses.push(place < 0 ? undefined : context.items[place]);
  }
  counts.places.clear(own.items);
  return {
    counts,
    user: counts.users.find(question.user),
    context,
    nowMs,
    items,
    numbers,
    uses,
    places,
    steps: own.steps,
  };
}

/** The same, worked out once for each view; whoever reads it must not write into it. */
export function cached<T extends object>(signal: (view: View) => T): (view: View) => T {
  const known = new WeakMap<View, T>();
  return (view) => {
    const values = known.get(view) ?? signal(view);
    known.set(view, values);
    return values;
  };
}

/** The signal of a reading. */
export function each(reading: Reading): Signal {
  return (view) => {
    const read = reading(view);
    const values = new Float64Array(view.items.length);
    for (let at = 0; at < values.length; at++) values[at] = read(view.numbers[at] ?? -1, at);
    return values;
  };
}

/** A reading of what a signal gives all at once. */
export function oneOf(signal: Signal): Reading {
  return (view) => {
    const values = signal(view);
    return (_, at) => values[at] ?? 0;
  };
}
