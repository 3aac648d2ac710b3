import { CONTEXT_LIMITS } from '../domain/context.js';
import type { ItemId } from '../domain/ids.js';

export type Transitions = ReadonlyMap<ItemId, ReadonlyMap<ItemId, number>>;

/**
 * A user's transitions after one more step: each item of the step before leads once more to each item of this one.
 * Beyond their bounds the smallest targets go, the older of equals first, and the sources that were longest not left from.
 */
export function withTransitions(
  transitions: Transitions,
  from: readonly ItemId[],
  to: readonly ItemId[],
): Transitions {
  if (from.length === 0) return transitions;
  const next = new Map(transitions);
  for (const source of from) {
    const targets = withTargets(next.get(source), source, to);
    if (targets.size === 0) continue;
    next.delete(source);
    next.set(source, targets);
  }
  for (const source of next.keys()) {
    if (next.size <= CONTEXT_LIMITS.transitionSources) break;
    next.delete(source);
  }
  return next;
}

function withTargets(
  known: ReadonlyMap<ItemId, number> | undefined,
  source: ItemId,
  to: readonly ItemId[],
): ReadonlyMap<ItemId, number> {
  const targets = new Map(known);
  for (const target of to) if (target !== source) targets.set(target, (targets.get(target) ?? 0) + 1);
  if (targets.size <= CONTEXT_LIMITS.transitionTargets) return targets;
  const largest = [...targets].reverse().sort(([, a], [, b]) => b - a);
  const kept = new Set(largest.slice(0, CONTEXT_LIMITS.transitionTargets).map(([target]) => target));
  for (const target of targets.keys()) if (!kept.has(target)) targets.delete(target);
  return targets;
}
