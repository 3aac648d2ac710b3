import type { UserContext } from '../domain/context.js';
import { WINDOW, type Counts } from './counts.js';

/** Of larger steps only the first items are paired, and of two steps no more pairs than `pairs`: bulk says little. */
const BULK = { items: 100, pairs: 2500 } as const;

/** Learns which items follow and accompany each other from a step and the steps of the user before it. */
export function learnPairs(counts: Counts, step: readonly number[], before: UserContext): void {
  const items = step.slice(0, BULK.items);
  const earlier = counts.numbersOf(before).steps.map((past) => past.slice(0, BULK.items));
  learnTransitions(counts, earlier[0] ?? [], items);
  learnTogether(counts, earlier, items);
}

function learnTransitions(
  { transitions, departures }: Counts,
  from: readonly number[],
  to: readonly number[],
): void {
  for (const source of from) {
    for (const target of to) {
      if (source === target) continue;
      transitions.add(source, target, 1);
      departures.add(source, 1);
    }
  }
}

function learnTogether(
  { together }: Counts,
  earlier: readonly (readonly number[])[],
  items: readonly number[],
): void {
  for (const [place, item] of items.entries()) {
    for (const other of items.slice(place + 1)) {
      together.add(item, other, 1);
      together.add(other, item, 1);
    }
  }
  let weight = 1;
  for (const past of earlier) {
    weight *= WINDOW.decay;
    if (past.length * items.length > BULK.pairs) continue;
    for (const before of past) {
      for (const item of items) {
        if (before === item) continue;
        together.add(before, item, weight);
        together.add(item, before, weight);
      }
    }
  }
}
