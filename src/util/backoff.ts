/** How the waits between attempts grow. Times in ms. */
export interface BackoffRules {
  /** Longest first wait. */
  readonly baseMs: number;
  /** No wait is longer. */
  readonly maxMs: number;
  /** How much longer the longest wait gets with each attempt. */
  readonly factor: number;
}

/**
 * The wait before an attempt with full jitter: anything from 0 to a ceiling that grows with each attempt, so that those
 * who failed together do not come back together. `attempt` counts from 0; `random` is from 0 to 1, 1 excluded. Whole ms.
 */
export function fullJitter(rules: BackoffRules, attempt: number, random: number): number {
  return Math.floor(random * backoffCeiling(rules, attempt));
}

/** The longest wait before an attempt. */
function backoffCeiling({ baseMs, maxMs, factor }: BackoffRules, attempt: number): number {
  return Math.min(maxMs, baseMs * factor ** attempt);
}
