import type { ItemUse, UserContext } from '../domain/context.js';
import type { ItemId } from '../domain/ids.js';
import { WINDOW, type Counts } from './counts.js';
import { Top } from './top.js';

/** Which part of the limit each source may take, in the order in which they are asked; what one leaves goes to all. */
const SHARES = {
  recent: 0.28,
  together: 0.2,
  transitions: 0.14,
  changed: 0.08,
  frequent: 0.08,
  dependencies: 0.08,
  siblings: 0.05,
  trending: 0.06,
  newest: 0.03,
} as const;

/** Most items that a source names. */
const QUOTAS = {
  recent: 150,
  together: 60,
  transitions: 60,
  changed: 30,
  frequent: 50,
  dependencies: 30,
  siblings: 20,
  trending: 30,
  newest: 30,
} as const;

const HABIT_HALF_LIFE_MS = 7 * 24 * 60 * 60 * 1000;

/**
 * Items that a user might need next (DESIGN.md 7), each once, at most `limit`, only those that exist. Each source fills its
 * share first; then all take turns. Within a source the likeliest is first.
 */
export function candidatesOf(
  counts: Counts,
  user: number,
  context: UserContext,
  nowMs: number,
  limit: number,
): readonly ItemId[] {
  const sources = sourcesOf(counts, user, context, nowMs).map(({ share, items }) => ({
    most: Math.round(share * limit),
    items: items.filter((item) => counts.graph.head(item) !== undefined),
  }));
  const found = new Set<number>();
  for (const { most, items } of sources) take(found, items.slice(0, most), limit);
  const rests = sources.map(({ most, items }) => items.slice(most));
  for (let turn = 0; found.size < limit && rests.some((rest) => turn < rest.length); turn++)
    take(
      found,
      rests.flatMap((rest) => rest.slice(turn, turn + 1)),
      limit,
    );
  return Array.from(found, (item) => counts.items.name(item));
}

function take(found: Set<number>, items: readonly number[], limit: number): void {
  for (const item of items) {
    if (found.size >= limit) return;
    found.add(item);
  }
}

function sourcesOf(
  counts: Counts,
  user: number,
  context: UserContext,
  nowMs: number,
): readonly { readonly share: number; readonly items: readonly number[] }[] {
  const { items: used, steps } = counts.numbersOf(context);
  return [
    { share: SHARES.recent, items: used.slice(0, QUOTAS.recent) },
    { share: SHARES.together, items: bestTogether(counts, steps) },
    { share: SHARES.transitions, items: bestTransitions(counts, steps[0] ?? []) },
    { share: SHARES.changed, items: changedByOthers(counts, user, context.items, used) },
    { share: SHARES.frequent, items: mostFrequent(context.items, used, nowMs) },
    { share: SHARES.dependencies, items: dependencies(counts, steps) },
    { share: SHARES.siblings, items: siblings(counts, steps[0] ?? []) },
    { share: SHARES.trending, items: counts.popularity.leaders().slice(0, QUOTAS.trending) },
    { share: SHARES.newest, items: counts.graph.newest().slice(0, QUOTAS.newest) },
  ];
}

function bestTogether(
  { together, uses, sums }: Counts,
  steps: readonly (readonly number[])[],
): readonly number[] {
  let weight = 1;
  for (const step of steps) {
    for (const item of step) together.accumulate(item, weight / Math.max(1, uses.get(item)), sums);
    weight *= WINDOW.decay;
  }
  return bestSums(sums, QUOTAS.together);
}

function bestTransitions(
  { transitions, departures, sums }: Counts,
  step: readonly number[],
): readonly number[] {
  for (const item of step) transitions.accumulate(item, 1 / Math.max(1, departures.get(item)), sums);
  return bestSums(sums, QUOTAS.transitions);
}

function bestSums(sums: Counts['sums'], most: number): readonly number[] {
  const top = new Top(most);
  for (const item of sums.touched) top.offer(item, sums.get(item));
  sums.clear();
  return top.keys();
}

/** What others changed after the user's last use, most recently used first. */
function changedByOthers(
  { graph }: Counts,
  user: number,
  uses: readonly ItemUse[],
  used: readonly number[],
): readonly number[] {
  const changed: number[] = [];
  for (const [place, use] of uses.entries()) {
    if (changed.length === QUOTAS.changed) break;
    const item = used[place] ?? -1;
    if (graph.changedBy(item) !== user && (graph.head(item)?.timestampMs ?? 0) > use.lastMs)
      changed.push(item);
  }
  return changed;
}

function dependencies({ graph }: Counts, steps: readonly (readonly number[])[]): readonly number[] {
  const found = new Set<number>();
  for (const step of steps) {
    for (const item of step) {
      for (const near of [...graph.dependencies(item), ...graph.dependants(item)]) {
        if (found.size === QUOTAS.dependencies) return [...found];
        found.add(near);
      }
    }
  }
  return [...found];
}

function mostFrequent(uses: readonly ItemUse[], used: readonly number[], nowMs: number): readonly number[] {
  const top = new Top(QUOTAS.frequent);
  for (const [place, use] of uses.entries())
    top.offer(
      used[place] ?? -1,
      Math.log2(use.decayed) - Math.max(0, nowMs - use.lastMs) / HABIT_HALF_LIFE_MS,
    );
  return top.keys();
}

function siblings({ graph }: Counts, step: readonly number[]): readonly number[] {
  const found = new Set<number>();
  for (const item of step) {
    for (const sibling of graph.siblings(item)) {
      if (found.size === QUOTAS.siblings) return [...found];
      found.add(sibling);
    }
  }
  return [...found];
}
