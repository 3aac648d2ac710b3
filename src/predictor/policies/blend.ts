import { habit, ownTransitions, recency, together, transitions } from '../signals.js';
import type { Signal } from '../view.js';

/** How much each statistic counts; the same on every trace. */
export interface BlendWeights {
  readonly recency: number;
  readonly habit: number;
  readonly transitions: number;
  readonly together: number;
}

/** Chosen once over the traces in shared data by bench/blend-weights.ts, which says how. */
export const BLEND_WEIGHTS: BlendWeights = { recency: 0.1, habit: 0.1, transitions: 1, together: 0.1 };

/** A fixed sum of recency, frequency, transitions and covisit. */
export function blendOf(weights: BlendWeights): Signal {
  return (view) => {
    const recent = recency(view);
    const frequent = habit(view);
    const next = markov(view);
    const near = together(view);
    return recent.map(
      (value, place) =>
        weights.recency * value +
        weights.habit * Math.log1p(frequent[place] ?? 0) +
        weights.transitions * (next[place] ?? 0) +
        weights.together * (near[place] ?? 0),
    );
  };
}

/** Everyone's transitions from the last step's items plus 0.3 × the user's own. */
export const markov: Signal = (view) => {
  const own = ownTransitions(view);
  return transitions(view).map((value, place) => value + 0.3 * (own[place] ?? 0));
};
