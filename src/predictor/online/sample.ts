import type { Random } from '../../util/seeded-random.js';

export interface Sampled {
  /** Place of the candidate in its plan. */
  readonly place: number;
  /** How many candidates it stands for, at least 1. */
  readonly weight: number;
}

/**
 * What a plan pushed and the highest of its scores, together `best` unless more was pushed, each for itself; and `others` of the
 * rest by chance, which stand for all of it.
 */
export function sample(
  scores: ArrayLike<number>,
  pushed: readonly boolean[],
  most: { readonly best: number; readonly others: number },
  random: Random,
): readonly Sampled[] {
  const order = Array.from({ length: scores.length }, (_, place) => place);
  order.sort((a, b) => Number(pushed[b]) - Number(pushed[a]) || (scores[b] ?? 0) - (scores[a] ?? 0) || a - b);
  const best = Math.max(most.best, pushed.filter(Boolean).length);
  const sampled: Sampled[] = order.slice(0, best).map((place) => ({ place, weight: 1 }));
  const rest = order.slice(best);
  const drawn = Math.min(most.others, rest.length);
  for (let count = 0; count < drawn; count++) {
    const other = count + Math.floor(random() * (rest.length - count));
    const place = rest[other] ?? 0;
    rest[other] = rest[count] ?? 0;
    rest[count] = place;
    sampled.push({ place, weight: rest.length / drawn });
  }
  return sampled;
}
