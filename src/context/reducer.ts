import type { Step, StepItem } from '../domain/activity.js';
import { CONTEXT_LIMITS, type ItemUse, type UserContext } from '../domain/context.js';
import type { ItemId } from '../domain/ids.js';
import { withTransitions } from './own-transitions.js';

/** Half-life of `ItemUse.decayed`, ms. */
export const USE_HALF_LIFE_MS = 7 * 24 * 60 * 60 * 1000;

/**
 * The context after one more step; the old one is left as it was. A step without items (a search) moves neither the
 * count of steps nor the items.
 */
export function fold(context: UserContext, step: Step): UserContext {
  const around = {
    ...context,
    lastStepMs: Math.max(context.lastStepMs, step.timeMs),
    queryBuckets: newestFirst(step.queryBuckets, context.queryBuckets),
    locationCell: step.locationCell ?? context.locationCell,
  };
  if (step.items.length === 0) return around;
  const touched = step.items.map(({ item }) => item);
  return {
    ...around,
    steps: context.steps + 1,
    items: usedItems(context, step),
    recentSteps: [touched, ...context.recentSteps].slice(0, CONTEXT_LIMITS.steps),
    transitions: withTransitions(context.transitions, context.recentSteps[0] ?? [], touched),
  };
}

/** How much of a decayed count is left after some time; a clock that went back leaves all of it. */
export function decay(elapsedMs: number, halfLifeMs: number): number {
  return elapsedMs <= 0 ? 1 : 0.5 ** (elapsedMs / halfLifeMs);
}

function usedItems(context: UserContext, step: Step): readonly ItemUse[] {
  const touched = new Map<ItemId, ItemUse | null>(step.items.map(({ item }) => [item, null]));
  const others: ItemUse[] = [];
  for (const use of context.items) {
    if (touched.has(use.item)) touched.set(use.item, use);
    else others.push(use);
  }
  const used = step.items.map((item) =>
    nextUse(touched.get(item.item) ?? null, item, context.steps + 1, step.timeMs),
  );
  return [...used, ...others].slice(0, CONTEXT_LIMITS.items);
}

function nextUse(
  before: ItemUse | null,
  { item, kind }: StepItem,
  lastStep: number,
  timeMs: number,
): ItemUse {
  if (before === null) return { item, lastMs: timeMs, lastStep, lastKind: kind, count: 1, decayed: 1 };
  const kept = before.decayed * decay(timeMs - before.lastMs, USE_HALF_LIFE_MS);
  return {
    item,
    lastMs: Math.max(before.lastMs, timeMs),
    lastStep,
    lastKind: kind,
    count: before.count + 1,
    decayed: kept + 1,
  };
}

function newestFirst(newer: readonly number[], older: readonly number[]): readonly number[] {
  if (newer.length === 0) return older;
  return [...new Set([...newer, ...older])].slice(0, CONTEXT_LIMITS.queryBuckets);
}
