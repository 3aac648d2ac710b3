import type { ItemUse } from '../domain/context.js';
import type { ItemId } from '../domain/ids.js';
import { folderOf } from './item-graph.js';
import { habit, ownTransitions, popularity, recency, together, togetherNow, transitions } from './signals.js';
import { each, type Signal, type View } from './view.js';

/** One column of what is known about a candidate: the network's input, defined here and nowhere else. */
export interface Feature {
  readonly name: string;
  readonly doc: string;
  /** Values are within, both ends included. */
  readonly range: readonly [number, number];
  readonly read: Signal;
}

const HOUR_MS = 60 * 60 * 1000;
const DAY_MS = 24 * HOUR_MS;
/** Logarithms of counts and hours end here: beyond it a larger one says nothing new. */
const LOG_MOST = 16;
/** Sums of probabilities over the items of a step end here. */
const SUM_MOST = 32;

/** The columns in their order. A change of any of them is a new format for every model. */
export const FEATURES: readonly Feature[] = [
  flag('used', 'the user used the item before', (use) => use !== undefined),
  logarithm('since-use', 'hours since the last use, 2^16 if never', (view) =>
    ofUse(view, (use) => Math.max(0, view.nowMs - use.lastMs) / HOUR_MS, Infinity),
  ),
  share('recency', '1/(1 + own steps since the last use), the last step being 1; 0 if never', (view) =>
    ofUse(view, (use) => 1 / (2 + view.context.steps - use.lastStep), 0),
  ),
  share('rank', '1/(1 + place in the recency list), its end if never used', recency),
  logarithm('uses', "the user's uses", (view) => ofUse(view, (use) => use.count, 0)),
  logarithm('habit', "the user's uses, half-life 7 days", habit),
  flag('edited', "the user's last use was an edit", (use) => use !== undefined && use.lastKind !== 'viewed'),
  share('time-of-day', 'closeness of the last use in time of day: 1 the same, 0 twelve hours apart', (view) =>
    ofUse(view, (use) => (1 + Math.cos(((view.nowMs - use.lastMs) / DAY_MS) * 2 * Math.PI)) / 2, 0),
  ),
  sum('transitions', "everyone's transitions from the last step", transitions),
  sum('own-transitions', "the user's own transitions from the last step", ownTransitions),
  sum('together', 'used together with the last five steps', together),
  sum('together-now', 'used together with the last step', togetherNow),
  logarithm('lift', 'together, relative to how much the item is used', (view) => {
    const shared = together(view);
    return shared.map((value, place) => (value * 1000) / (1 + usesOfAll(view, place)));
  }),
  logarithm('popularity', "everyone's uses, half-life 14 days", popularity),
  logarithm('uses-of-all', "everyone's uses", (view) => each(view, (number) => view.counts.uses.get(number))),
  logarithm('breadth', 'users who used it', (view) =>
    each(view, (number) => view.counts.accesses.breadth(number)),
  ),
  share('dependency', 'share of the last steps that an edge leads from to this item', (view) =>
    nearness(view, (number) => view.counts.graph.dependants(number)),
  ),
  share('dependant', 'share of the last steps that an edge of this item leads to', (view) =>
    nearness(view, (number) => view.counts.graph.dependencies(number)),
  ),
  share('folder', 'share of the items of the last step in the same folder', (view) =>
    likeLastStep(view, (path, other) => (folderOf(path) === folderOf(other) ? 1 : 0)),
  ),
  share('path', 'mean share of path parts in common with the items of the last step', (view) =>
    likeLastStep(view, commonPath),
  ),
  share('changed', 'somebody else changed it since the last use', (view) =>
    each(view, (number, item) => {
      const use = view.uses.get(item);
      const changedMs = view.counts.graph.head(number)?.timestampMs ?? 0;
      return use !== undefined && changedMs > use.lastMs && view.counts.graph.changedBy(number) !== view.user
        ? 1
        : 0;
    }),
  ),
  logarithm('since-change', 'hours since the content changed', (view) =>
    each(view, (number) => {
      const head = view.counts.graph.head(number);
      return head === undefined ? Infinity : Math.max(0, view.nowMs - head.timestampMs) / HOUR_MS;
    }),
  ),
  share('dependencies-changed', 'share of its dependencies that changed since its last use', (view) =>
    each(view, (number, item) => {
      const use = view.uses.get(item);
      const dependencies = view.counts.graph.dependencies(number);
      if (use === undefined || dependencies.length === 0) return 0;
      const changed = dependencies.filter(
        (dependency) => (view.counts.graph.head(dependency)?.timestampMs ?? 0) > use.lastMs,
      );
      return changed.length / dependencies.length;
    }),
  ),
  logarithm('size', 'KiB of the content', (view) =>
    each(view, (number) => (view.counts.graph.head(number)?.sizeBytes ?? 0) / 1024),
  ),
];

/** All features of a view's items, one row of `FEATURES.length` values for each item. */
export function featuresOf(view: View): Float32Array {
  const rows = new Float32Array(view.items.length * FEATURES.length);
  for (const [column, { read, range }] of FEATURES.entries()) {
    const values = read(view);
    for (let row = 0; row < values.length; row++)
      rows[row * FEATURES.length + column] = Math.min(range[1], Math.max(range[0], values[row] ?? 0));
  }
  return rows;
}

function flag(name: string, doc: string, holds: (use: ItemUse | undefined) => boolean): Feature {
  return share(name, doc, (view) => each(view, (_, item) => (holds(view.uses.get(item)) ? 1 : 0)));
}

function share(name: string, doc: string, read: Signal): Feature {
  return { name, doc, range: [0, 1], read };
}

function sum(name: string, doc: string, read: Signal): Feature {
  return { name, doc, range: [0, SUM_MOST], read };
}

function logarithm(name: string, doc: string, read: Signal): Feature {
  const range = [0, LOG_MOST] as const;
  return {
    name,
    doc: `log2(1 + x), x = ${doc}`,
    range,
    read: (view) => read(view).map((x) => Math.log2(1 + x)),
  };
}

function ofUse(view: View, read: (use: ItemUse) => number, never: number): Float64Array {
  return each(view, (_, item) => {
    const use = view.uses.get(item);
    return use === undefined ? never : read(use);
  });
}

function usesOfAll(view: View, place: number): number {
  return view.counts.uses.get(view.numbers[place] ?? -1);
}

/** Share of the last steps with an item among those near this one. */
function nearness(view: View, near: (number: number) => Iterable<number>): Float64Array {
  if (view.steps.length === 0) return new Float64Array(view.items.length);
  const steps = view.steps.map((step) => new Set(step));
  return each(view, (number) => {
    const around = [...near(number)];
    return steps.filter((step) => around.some((other) => step.has(other))).length / steps.length;
  });
}

function likeLastStep(view: View, likeness: (path: ItemId, other: ItemId) => number): Float64Array {
  const last = view.context.recentSteps[0] ?? [];
  if (last.length === 0) return new Float64Array(view.items.length);
  return each(view, (_, item) => last.reduce((all, other) => all + likeness(item, other), 0) / last.length);
}

function commonPath(path: ItemId, other: ItemId): number {
  const parts = path.split('/');
  const others = other.split('/');
  let common = 0;
  while (common < parts.length && parts[common] === others[common]) common += 1;
  return common / Math.max(parts.length, others.length);
}
