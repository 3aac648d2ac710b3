import type { PolicyFigures, ReplayResult } from '../figure-types.js';

/** A policy and what it reached. */
export interface Standing {
  readonly policy: string;
  readonly figures: PolicyFigures;
}

/** The rivals of REPLAY.md: what a product must beat. */
const rivals = ['mirror', 'popular', 'recent', 'frequent', 'markov', 'covisit', 'blend'];

/** The rival that removed most waits (of equals the first); null if none ran or there was nothing to wait for. */
export function bestRival(result: ReplayResult): Standing | null {
  return best(result, (policy) => rivals.includes(policy));
}

/** The policy that removed most waits, the oracle apart: it knows the future. */
export function bestPolicy(result: ReplayResult): Standing | null {
  return best(result, (policy) => policy !== 'oracle' && policy !== 'none');
}

function best(result: ReplayResult, counts: (policy: string) => boolean): Standing | null {
  let found: Standing | null = null;
  for (const [policy, { figures }] of result.policies) {
    if (!counts(policy) || figures.waitsRemoved === null) continue;
    if (found === null || figures.waitsRemoved > (found.figures.waitsRemoved ?? 0))
      found = { policy, figures };
  }
  return found;
}
