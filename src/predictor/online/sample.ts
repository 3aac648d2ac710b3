import type { Random } from '../../util/seeded-random.js';

export interface Sampled {
  /** Place of the candidate in its plan. */
  readonly place: number;
  /** How many candidates it stands for, at least 1. */
  readonly weight: number;
}

/** The `best` highest of a plan's scores, each for itself, and `others` of the rest by chance, which stand for all of it. */
export function sample(
  scores: ArrayLike<number>,
  most: { readonly best: number; readonly others: number },
  random: Random,
): readonly Sampled[] {
  const order = Array.from({ length: scores.length }, (_, place) => place);
  order.sort((a, b) => (scores[b] ?? 0) - (scores[a] ?? 0) || a - b);
  const sampled: Sampled[] = order.slice(0, most.best).map((place) => ({ place, weight: 1 }));
  const rest = order.slice(most.best);
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
