import type { UserContext } from '../domain/context.js';
import { WINDOW, type Counts } from './counts.js';
import type { Reading, View } from './view.js';

/** Share of the items of the last step in the same folder. */
export const sameFolder: Reading = (view) => {
  const { folders } = view.counts;
  const last = view.steps[0] ?? [];
  const items = new Map<number, number>();
  for (const item of last) items.set(folders.of(item), (items.get(folders.of(item)) ?? 0) + 1);
  return (number) => (items.get(folders.of(number)) ?? 0) / Math.max(1, last.length);
};

/** Mean share of path parts in common, from the root on, with the items of the last step; of a large step with its first ones. */
export const samePath: Reading = (view) => {
  const { paths } = view.counts;
  const last = (view.steps[0] ?? []).slice(0, MOST_PATHS).map((item) => paths.of(item));
  if (last.length === 0) return () => 0;
  return (number, at) => {
    const item = view.items[at];
    const path = number < 0 && item !== undefined ? paths.ofNew(item) : paths.of(number);
    let all = 0;
    for (const other of last) all += commonPath(path, other);
    return all / last.length;
  };
};

/** How much of what the words of an item tell is also in the last five steps, each step counting 0.7 of the one after it. */
export const sameWords: Reading = (view) => {
  const { words } = view.counts;
  const profile = profileOf(view);
  return (number) => {
    let shared = 0;
    let all = 0;
    for (const word of words.of(number)) {
      const weight = words.weight(word);
      shared += weight * (profile.get(word) ?? 0);
      all += weight;
    }
    return all === 0 ? 0 : shared / all;
  };
};

/** Share of the last steps with an item among those near this one. */
export function nearness(near: (counts: Counts, number: number) => Near): Reading {
  return ({ counts, steps }) => {
    if (steps.length === 0) return () => 0;
    // Which of the steps have the item, a bit each.
    const places = new Map<number, number>();
    steps.forEach((step, back) => {
      for (const item of step) places.set(item, (places.get(item) ?? 0) | (1 << back));
    });
    let seen = 0;
    const see = (other: number): void => void (seen |= places.get(other) ?? 0);
    return (number) => {
      seen = 0;
      near(counts, number).forEach(see);
      return bitsOf(seen) / steps.length;
    };
  };
}

/** Arrays and sets of numbers: to go through them this way makes nothing. */
interface Near {
  forEach(see: (other: number) => void): void;
}

const MOST_PATHS = 24;
const profiles = new WeakMap<UserContext, ReadonlyMap<number, number>>();

/** The words of a user's last steps, each from 0 to 1. Contexts never change, so it is made once for each. */
function profileOf({ counts, context, steps }: View): ReadonlyMap<number, number> {
  const known = profiles.get(context);
  if (known !== undefined) return known;
  const profile = new Map<number, number>();
  const all = steps.reduce((sum, _, back) => sum + WINDOW.decay ** back, 0);
  for (const [back, step] of steps.entries()) {
    const part = WINDOW.decay ** back / all / Math.max(1, step.length);
    for (const item of step)
      for (const word of counts.words.of(item)) profile.set(word, (profile.get(word) ?? 0) + part);
  }
  profiles.set(context, profile);
  return profile;
}

function commonPath(parts: readonly number[], others: readonly number[]): number {
  let common = 0;
  while (common < parts.length && parts[common] === others[common]) common += 1;
  return common / Math.max(parts.length, others.length);
}

function bitsOf(mask: number): number {
  let count = 0;
  for (let rest = mask; rest !== 0; rest &= rest - 1) count += 1;
  return count;
}
