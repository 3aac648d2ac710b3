import type { ItemUse, UserContext } from '../domain/context.js';
import type { ItemId } from '../domain/ids.js';
import type { Head } from '../domain/item.js';
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

// Their order is that of SHARES.
const SOURCES = Object.keys(SHARES) as readonly (keyof typeof SHARES)[];

/** Of a ranking this many times its quota is looked through for items that are of use. */
const DEPTH = 3;

const HABIT_HALF_LIFE_MS = 7 * 24 * 60 * 60 * 1000;

/**
 * Items that a user might need next (DESIGN.md 7), each once, at most `limit`, only those that exist and that `admits` lets
 * in: what every device holds would only take the places of others. Each source fills its share first; then all take
 * turns. Within a source the likeliest is first.
 */
export function candidatesOf(
  counts: Counts,
  { user, context, nowMs, admits }: Seeker,
  limit: number,
): readonly ItemId[] {
  const known = new Map<number, boolean>();
  const isOfUse = (item: number): boolean => {
    const isKnown = known.get(item);
    if (isKnown !== undefined) return isKnown;
    const head = counts.graph.head(item);
    const isAdmitted = head !== undefined && admits(head);
    known.set(item, isAdmitted);
    return isAdmitted;
  };
  const sources = sourcesOf(counts, user, context, nowMs).map(({ share, quota, items }) => ({
    most: Math.round(share * limit),
    items: firstOf(items, quota, isOfUse),
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

/** Who looks for candidates. */
export interface Seeker {
  readonly user: number;
  readonly context: UserContext;
  readonly nowMs: number;
  readonly admits: (head: Head) => boolean;
}

/** The first `most` items that are of use. */
function firstOf(
  items: readonly number[],
  most: number,
  isOfUse: (item: number) => boolean,
): readonly number[] {
  const found: number[] = [];
  for (const item of items) {
    if (found.length === most) break;
    if (isOfUse(item)) found.push(item);
  }
  return found;
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
): readonly { readonly share: number; readonly quota: number; readonly items: readonly number[] }[] {
  const { items: used, steps } = counts.numbersOf(context);
  const found: Readonly<Record<keyof typeof SHARES, readonly number[]>> = {
    recent: used,
    together: bestTogether(counts, steps),
    transitions: bestTransitions(counts, steps[0] ?? []),
    changed: changedByOthers(counts, user, context.items, used),
    frequent: mostFrequent(context.items, used, nowMs),
    dependencies: dependencies(counts, steps),
    siblings: siblings(counts, steps[0] ?? []),
    trending: counts.popularity.leaders(),
    newest: counts.graph.newest(),
  };
  return SOURCES.map((name) => ({ share: SHARES[name], quota: QUOTAS[name], items: found[name] }));
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
  return bestSums(sums, QUOTAS.together * DEPTH);
}

function bestTransitions(
  { transitions, departures, sums }: Counts,
  step: readonly number[],
): readonly number[] {
  for (const item of step) transitions.accumulate(item, 1 / Math.max(1, departures.get(item)), sums);
  return bestSums(sums, QUOTAS.transitions * DEPTH);
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
        if (found.size === QUOTAS.dependencies * DEPTH) return [...found];
        found.add(near);
      }
    }
  }
  return [...found];
}

function mostFrequent(uses: readonly ItemUse[], used: readonly number[], nowMs: number): readonly number[] {
  const top = new Top(QUOTAS.frequent * DEPTH);
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
      if (found.size === QUOTAS.siblings * DEPTH) return [...found];
      found.add(sibling);
    }
  }
  return [...found];
}
