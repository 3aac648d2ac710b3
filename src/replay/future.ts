import { pseudonym, type ItemId, type Pseudonym } from '../domain/ids.js';
import { HORIZON_STEPS } from '../domain/plan.js';
import type { Trace, TraceStep } from './trace-types.js';

/**
 * What the trace says will happen: labels for scores, and what the oracle knows. Places are indexes in
 * `trace.moments`; asked for a user, they must not go back.
 */
export class Future {
  readonly #trace: Trace;
  readonly #horizon: number;
  readonly #steps = new Map<Pseudonym, { readonly places: number[]; next: number }>();
  readonly #changes = new Map<ItemId, number[]>();
  readonly #opens = new Map<
    Pseudonym,
    { readonly from: number; readonly first: ReadonlyMap<ItemId, Opening> }
  >();

  /** `horizon` = how many own steps ahead an open counts. */
  constructor(trace: Trace, horizon = HORIZON_STEPS) {
    this.#trace = trace;
    this.#horizon = horizon;
    for (const [place, moment] of trace.moments.entries()) {
      if (moment.kind === 'outside') {
        this.#changed(moment.item, place);
        continue;
      }
      const user = pseudonym(moment.user);
      const steps = this.#steps.get(user) ?? { places: [], next: 0 };
      this.#steps.set(user, steps);
      steps.places.push(place);
      for (const { item, written } of moment.items) if (written) this.#changed(item, place);
    }
  }

  /** The user's steps after a place, next one first. */
  *stepsAfter(user: Pseudonym, place: number): Generator<TraceStep> {
    const steps = this.#steps.get(user);
    if (steps === undefined) return;
    for (let next = this.#nextAfter(steps, place); next < steps.places.length; next++) {
      const moment = this.#trace.moments[steps.places[next] ?? -1];
      if (moment?.kind === 'step') yield moment;
    }
  }

  /** Whether the user opens the item within the horizon, and before its content changes once more. */
  isOpened(user: Pseudonym, item: ItemId, place: number): boolean {
    return this.opensIn(user, item, place) > 0;
  }

  /** In which of the user's next steps they open it, from 1 on; 0 = not within the horizon, or its content changes before. */
  opensIn(user: Pseudonym, item: ItemId, place: number): number {
    const opened = this.#opensAfter(user, place).get(item);
    if (opened === undefined) return 0;
    const change = firstAfter(this.#changes.get(item) ?? [], place);
    return change === undefined || change >= opened.place ? opened.steps : 0;
  }

  /** The first open of each item in the user's next steps. */
  #opensAfter(user: Pseudonym, place: number): ReadonlyMap<ItemId, Opening> {
    const steps = this.#steps.get(user);
    if (steps === undefined) return new Map();
    const from = this.#nextAfter(steps, place);
    const known = this.#opens.get(user);
    if (known?.from === from) return known.first;
    const first = new Map<ItemId, Opening>();
    const ahead = steps.places.slice(from, from + this.#horizon);
    for (const [index, opened] of ahead.entries()) {
      const moment = this.#trace.moments[opened];
      if (moment?.kind !== 'step') continue;
      for (const { item, created } of moment.items)
        if (!created && !first.has(item)) first.set(item, { place: opened, steps: index + 1 });
    }
    this.#opens.set(user, { from, first });
    return first;
  }

  #nextAfter(steps: { readonly places: number[]; next: number }, place: number): number {
    while ((steps.places[steps.next] ?? Infinity) <= place) steps.next += 1;
    return steps.next;
  }

  #changed(item: ItemId, place: number): void {
    const changes = this.#changes.get(item);
    if (changes === undefined) this.#changes.set(item, [place]);
    else changes.push(place);
  }
}

/** The first time that an item is opened: its moment, and how many of the user's steps away. */
interface Opening {
  readonly place: number;
  readonly steps: number;
}

/** The first of some ascending numbers that is larger. */
function firstAfter(numbers: readonly number[], than: number): number | undefined {
  let low = 0;
  for (let high = numbers.length; low < high; ) {
    const middle = (low + high) >> 1;
    if ((numbers[middle] ?? Infinity) > than) high = middle;
    else low = middle + 1;
  }
  return numbers[low];
}
