import type { Policy } from '../../domain/engine-port.js';
import { ForesyncError } from '../../domain/errors.js';
import { habit, popularity, recency, together } from '../signals.js';
import type { Statistics } from '../statistics.js';
import { BLEND_WEIGHTS, blendOf, markov } from './blend.js';
import { ranking } from './policy.js';

/** The plain policies of REPLAY.md, in the order in which tables show them. */
export const PLAIN_POLICIES = [
  'none',
  'mirror',
  'popular',
  'recent',
  'frequent',
  'markov',
  'covisit',
  'blend',
] as const;

export type PlainPolicy = (typeof PLAIN_POLICIES)[number];

/**
 * Everyone's uses say less about one user's next need the more there are. The order of items stays; what changes is how
 * much of a count a byte is worth (docs/adr/0002-replay-readings.md).
 */
export const POPULAR_POWER = 0.7;

/** A policy by its name, over the statistics of a space. Throws CONFIG_INVALID if there is none of that name. */
export function policyNamed(name: string, { counts }: Statistics): Policy {
  switch (name) {
    case 'none':
      return { ...ranking(name, counts, zeroes), plans: 'never' };
    case 'mirror':
      return { ...mirror, name };
    case 'popular':
      return ranking(name, counts, (view) => popularity(view).map((count) => count ** POPULAR_POWER));
    case 'recent':
      return ranking(name, counts, recency);
    case 'frequent':
      return ranking(name, counts, habit);
    case 'markov':
      return ranking(name, counts, markov);
    case 'covisit':
      return ranking(name, counts, together);
    case 'blend':
      return ranking(name, counts, blendOf(BLEND_WEIGHTS));
    default:
      throw new ForesyncError(
        'CONFIG_INVALID',
        `there is no policy "${name}"; there are ${PLAIN_POLICIES.join(', ')}`,
        { field: 'policy' },
      );
  }
}

const zeroes = ({ items }: { readonly items: readonly unknown[] }): Float64Array =>
  new Float64Array(items.length);

/** A classic sync engine: every change of what a user opened before goes out in order, while the budget lasts. */
const mirror: Policy = {
  name: 'mirror',
  payment: 'first-come',
  plans: 'holders',
  score: ({ items }) => new Float64Array(items.length).fill(1),
  explain: () => [{ code: 'CHANGED', text: 'it changed since you used it', weight: 1 }],
};
