import { chance, flag, logarithm, ofUse, rowsOf, share, type Feature } from './feature.js';
import { nearness, sameFolder, samePath, sameWords } from './likeness.js';
import {
  around,
  folderHabit,
  folderUses,
  habit,
  ownTransitions,
  popularity,
  recency,
  taste,
  together,
  togetherNow,
  transitions,
  transitionsBefore,
  trend,
} from './signals.js';
import { oneOf, type View } from './view.js';

const HOUR_MS = 60 * 60 * 1000;
const DAY_MS = 24 * HOUR_MS;

/** The columns in their order: the network's input, defined here and nowhere else. A change is a new format for every model. */
export const FEATURES: readonly Feature[] = [
  flag('used', 'the user used the item before', (use) => use !== undefined),
  logarithm(
    'since-use',
    'hours since the last use, 2^16 if never',
    ofUse((view, use) => hoursSince(view, use.lastMs), Infinity),
  ),
  share(
    'recency',
    '1/(1 + own steps since the last use), the last step being 1; 0 if never',
    ofUse((view, use) => 1 / (2 + view.context.steps - use.lastStep), 0),
  ),
  share('rank', '1/(1 + place in the recency list), its end if never used', oneOf(recency)),
  logarithm(
    'uses',
    "the user's uses",
    ofUse((_, use) => use.count, 0),
  ),
  logarithm('habit', "the user's uses, half-life 7 days", oneOf(habit)),
  flag('edited', "the user's last use was an edit", (use) => use !== undefined && use.lastKind !== 'viewed'),
  share(
    'time-of-day',
    'closeness of the last use in time of day: 1 the same, 0 twelve hours apart',
    ofUse((view, use) => (1 + Math.cos(((view.nowMs - use.lastMs) / DAY_MS) * 2 * Math.PI)) / 2, 0),
  ),
  chance('transitions', "everyone's transitions from the last step", oneOf(transitions)),
  chance(
    'transitions-before',
    "everyone's transitions from the step before the last",
    oneOf(transitionsBefore),
  ),
  chance('own-transitions', "the user's own transitions from the last step", oneOf(ownTransitions)),
  chance('together', 'uses together with the last five steps', oneOf(together)),
  chance('together-now', 'uses together with the last step', oneOf(togetherNow)),
  logarithm('lift', '1000 times together, relative to how much the item is used', (view) => {
    const values = together(view);
    return (number, at) => ((values[at] ?? 0) * 1000) / (1 + view.counts.uses.get(number));
  }),
  chance('taste', "uses together with the user's last 40 items, over the root of both items' uses", taste),
  chance('around', 'uses together with what others did in the last five steps', oneOf(around)),
  logarithm('popularity', "everyone's uses, half-life 14 days", oneOf(popularity)),
  logarithm('trend', "everyone's uses, half-life 1 day", trend),
  logarithm(
    'uses-of-all',
    "everyone's uses",
    ({ counts }) =>
      (number) =>
        counts.uses.get(number),
  ),
  logarithm(
    'since-use-of-all',
    'hours since anybody used it, 2^16 if nobody did',
    (view) => (number) => hoursSince(view, view.counts.popularity.lastMs(number)),
  ),
  logarithm(
    'breadth',
    'users who used it',
    ({ counts }) =>
      (number) =>
        counts.accesses.breadth(number),
  ),
  share(
    'dependency',
    'share of the last steps that an edge leads from to this item',
    nearness(({ graph }, number) => graph.dependants(number)),
  ),
  share(
    'dependant',
    'share of the last steps that an edge of this item leads to',
    nearness(({ graph }, number) => graph.dependencies(number)),
  ),
  share('folder', 'share of the items of the last step in the same folder', sameFolder),
  logarithm('folder-habit', "the user's uses in its folder, half-life 7 days", folderHabit),
  logarithm('folder-uses', "the user's uses in its folder", folderUses),
  logarithm(
    'folder-popularity',
    "everyone's uses in its folder, half-life 14 days",
    ({ counts, nowMs }) =>
      (number) =>
        counts.folders.popularity.at(counts.folders.of(number), nowMs),
  ),
  logarithm(
    'folder-trend',
    "everyone's uses in its folder, half-life 1 day",
    ({ counts, nowMs }) =>
      (number) =>
        counts.folders.trend.at(counts.folders.of(number), nowMs),
  ),
  share('path', 'mean share of path parts in common with the items of the last step', samePath),
  share('words', 'share of its words in the last five steps, rare words counting more', sameWords),
  share('changed', 'somebody else changed it since the last use', (view) => (number, at) => {
    const use = view.uses[at];
    const changedMs = view.counts.graph.head(number)?.timestampMs ?? 0;
    return use !== undefined && changedMs > use.lastMs && view.counts.graph.changedBy(number) !== view.user
      ? 1
      : 0;
  }),
  logarithm(
    'since-change',
    'hours since the content changed, 2^16 if it is unknown',
    (view) => (number) => hoursSince(view, view.counts.graph.head(number)?.timestampMs ?? -Infinity),
  ),
  share(
    'dependencies-changed',
    'share of its dependencies that changed since its last use',
    (view) => (number, at) => {
      const use = view.uses[at];
      const dependencies = view.counts.graph.dependencies(number);
      if (use === undefined || dependencies.length === 0) return 0;
      const changed = dependencies.filter(
        (dependency) => (view.counts.graph.head(dependency)?.timestampMs ?? 0) > use.lastMs,
      );
      return changed.length / dependencies.length;
    },
  ),
  logarithm(
    'steps',
    "the user's steps so far",
    ({ context }) =>
      () =>
        context.steps,
  ),
  logarithm(
    'since-step',
    "hours since the user's last step",
    (view) => () => hoursSince(view, view.context.lastStepMs),
  ),
  logarithm(
    'size',
    'KiB of the content',
    ({ counts }) =>
      (number) =>
        (counts.graph.head(number)?.sizeBytes ?? 0) / 1024,
  ),
];

/** All features of a view's items, one row of `FEATURES.length` values for each item. */
export function featuresOf(view: View): Float32Array {
  return rowsOf(FEATURES, view);
}

function hoursSince(view: View, timeMs: number): number {
  return Math.max(0, view.nowMs - timeMs) / HOUR_MS;
}
