import type { UserContext } from '../domain/context.js';
import { WINDOW, type Counts } from './counts.js';
import type { Neighbours } from './neighbours.js';
import { cached, each, type Reading, type Signal, type View } from './view.js';

const HABIT_HALF_LIFE_MS = 7 * 24 * 60 * 60 * 1000;
/** For so few items looking each one up is cheaper than summing over all neighbours. */
const FEW = 8;
/** Of the items that a user used last, so many tell what they like. */
const TASTE_ITEMS = 40;

/** 1/(1 + rank in the user's recency list), the last item being 0; what is not in the list comes right behind its end. */
export const recency: Signal = each(({ places, context }) => (_, at) => {
  const place = places[at] ?? -1;
  return 1 / (1 + (place < 0 ? context.items.length : place));
});

/** The user's own uses, half-life 7 days. */
export const habit: Signal = each(({ uses, nowMs }) => (_, at) => {
  const use = uses[at];
  if (use === undefined) return 0;
  return use.decayed * 0.5 ** (Math.max(0, nowMs - use.lastMs) / HABIT_HALF_LIFE_MS);
});

/** Everyone's uses, half-life 14 days. */
export const popularity: Signal = each(
  ({ counts, nowMs }) =>
    (number) =>
      counts.popularity.at(number, nowMs),
);

/** Everyone's uses, half-life 1 day. */
export const trend: Reading = ({ counts, nowMs }) => {
  return (number) => counts.trend.at(number, nowMs);
};

/** Sum over the last step's items of everyone's probability that this item comes in the step after that one. */
export const transitions: Signal = cached((view) => transitionsFrom(view, view.steps[0] ?? []));

/** The same from the step before the last: what comes one step later now and then. */
export const transitionsBefore: Signal = (view) => transitionsFrom(view, view.steps[1] ?? []);

/** The same from the user's own transitions alone. */
export const ownTransitions: Signal = cached((view) => {
  const rows = (view.context.recentSteps[0] ?? []).flatMap((source) => {
    const targets = view.context.transitions.get(source);
    if (targets === undefined) return [];
    let total = 0;
    for (const count of targets.values()) total += count;
    return [{ targets, total }];
  });
  const values = new Float64Array(view.items.length);
  for (const { targets, total } of rows) {
    for (const [at, item] of view.items.entries())
      values[at] = (values[at] ?? 0) + (targets.get(item) ?? 0) / total;
  }
  return values;
});

/** Item kNN: how often this item is used together with those of the last five steps, each step counting 0.7 of the one after it. */
export const together: Signal = (view) => withSteps(view).all;

/** The same for the last step alone. */
export const togetherNow: Signal = (view) => withSteps(view).last;

/** Both sums start alike: what the last step gave is kept on the way to all. */
const withSteps = cached((view: View) => {
  const { together: neighbours, uses } = view.counts;
  const sourcesOf = (step: readonly number[], back: number): readonly Source[] =>
    step.map((source) => ({
      source,
      factor: WINDOW.decay ** back / Math.max(1, uses.get(source)),
    }));
  const [last = [], ...earlier] = view.steps;
  const ofLast = summed(view, neighbours, sourcesOf(last, 0));
  const all = ofLast.slice();
  addUp(
    all,
    view,
    neighbours,
    earlier.flatMap((step, back) => sourcesOf(step, back + 1)),
  );
  return { last: ofLast, all };
});

function transitionsFrom(view: View, step: readonly number[]): Float64Array {
  const sources = step.map((source) => ({
    source,
    factor: 1 / Math.max(1, view.counts.departures.get(source)),
  }));
  return summed(view, view.counts.transitions, sources);
}

/** How like an item is to those that the user used last: uses together over the root of both items' uses, summed. */
export const taste: Reading = (view) => {
  const { counts, context } = view;
  const sources = counts
    .numbersOf(context)
    .items.slice(0, TASTE_ITEMS)
    .map((source) => ({ source, factor: 1 / Math.sqrt(Math.max(1, counts.uses.get(source))) }));
  const sums = summed(view, counts.together, sources);
  return (number, at) => {
    const sum = sums[at] ?? 0;
    return sum === 0 ? 0 : sum / Math.sqrt(Math.max(1, counts.uses.get(number)));
  };
};

/** How often an item is used together with what others did in the last steps of the space. */
export const around: Signal = (view) => {
  const { counts, user } = view;
  const sources = counts.lately
    .ofOthers(user, WINDOW.steps)
    .flatMap((step) => step.map((source) => ({ source, factor: 1 / Math.max(1, counts.uses.get(source)) })));
  return summed(view, counts.together, sources);
};

/** The user's own uses in an item's folder, half-life 7 days. */
export const folderHabit: Reading = ({ counts, context, nowMs }) => {
  const habits = folderHabitsOf(counts, context);
  const faded = 0.5 ** (Math.max(0, nowMs - context.lastStepMs) / HABIT_HALF_LIFE_MS);
  return (number) => (habits.get(counts.folders.of(number))?.decayed ?? 0) * faded;
};

/** The user's own uses in an item's folder. */
export const folderUses: Reading = ({ counts, context }) => {
  const habits = folderHabitsOf(counts, context);
  return (number) => habits.get(counts.folders.of(number))?.uses ?? 0;
};

interface FolderHabit {
  uses: number;
  /** As of the context's last step. */
  decayed: number;
}

const folderHabits = new WeakMap<UserContext, ReadonlyMap<number, FolderHabit>>();

/** By number of folder. Contexts never change, so it is made once for each. */
function folderHabitsOf(counts: Counts, context: UserContext): ReadonlyMap<number, FolderHabit> {
  const known = folderHabits.get(context);
  if (known !== undefined) return known;
  const habits = new Map<number, FolderHabit>();
  const { items } = counts.numbersOf(context);
  for (const [place, use] of context.items.entries()) {
    const folder = counts.folders.of(items[place] ?? -1);
    const habit = habits.get(folder) ?? { uses: 0, decayed: 0 };
    habits.set(folder, habit);
    habit.uses += use.count;
    habit.decayed += use.decayed * 0.5 ** (Math.max(0, context.lastStepMs - use.lastMs) / HABIT_HALF_LIFE_MS);
  }
  folderHabits.set(context, habits);
  return habits;
}

interface Source {
  readonly source: number;
  readonly factor: number;
}

/** For each item the sum of its weights as a neighbour of the sources, times their factors. */
function summed(view: View, neighbours: Neighbours, sources: readonly Source[]): Float64Array {
  const sum = new Float64Array(view.items.length);
  addUp(sum, view, neighbours, sources);
  return sum;
}

/** The same, added to what is in `sums` already. */
function addUp(sums: Float64Array, view: View, neighbours: Neighbours, sources: readonly Source[]): void {
  const { counts, numbers } = view;
  if (numbers.length <= FEW) {
    for (let at = 0; at < sums.length; at++) {
      let sum = sums[at] ?? 0;
      for (const { source, factor } of sources) sum += factor * neighbours.weight(source, numbers[at] ?? -1);
      sums[at] = sum;
    }
    return;
  }
  const places = counts.places.fill(numbers, counts.items.size);
  for (const { source, factor } of sources) neighbours.gather(source, factor, places, sums);
  counts.places.clear(numbers);
}
