import { COLUMNS } from './inputs.js';

/** Which columns speak for which reason. What speaks for none (size, the model's logit, names) is never told. */
const COLUMNS_OF: Readonly<Record<string, readonly string[]>> = {
  RECENT: ['recent', 'best-recent', 'used', 'since-use', 'recency', 'rank'],
  FREQUENT: ['frequent', 'best-frequent', 'uses', 'habit'],
  YOUR_NEXT: ['own-transitions'],
  NEXT: ['markov', 'best-markov', 'transitions'],
  TOGETHER: ['covisit', 'best-covisit', 'together', 'together-now', 'lift', 'taste', 'around'],
  COMPANY: ['company', 'company-since', 'company-last', 'succession', 'succession-since'],
  POPULAR: ['popular', 'best-popular', 'popularity', 'uses-of-all', 'breadth'],
  CHANGED: ['changed', 'since-change'],
  DEPENDENCY: ['dependency', 'dependant', 'dependencies-changed'],
  NEAR: ['folder', 'path', 'folder-habit', 'folder-uses'],
};

const PLACES = Object.entries(COLUMNS_OF).map(
  ([code, names]) => [code, names.map((name) => COLUMNS.indexOf(name))] as const,
);

/** How much the layer's columns speak for each reason, by its code, in units of a logit; negative where they speak against it. */
export function learnedStrengths(contributions: Float64Array): ReadonlyMap<string, number> {
  return new Map(
    PLACES.map(([code, places]) => [
      code,
      places.reduce((sum, place) => sum + (contributions[place] ?? 0), 0),
    ]),
  );
}
