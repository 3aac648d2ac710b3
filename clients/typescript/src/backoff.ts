/** How the waits between attempts to connect grow. Times in ms. */
export interface BackoffRules {
  /** Longest first wait. */
  readonly initialMs: number;
  readonly factor: number;
  /** No wait is longer, unless the server asks for it. */
  readonly maxMs: number;
  /** A connection that lived this long was a good one: the next wait is a first wait again. */
  readonly healthyMs: number;
}

export const BACKOFF_RULES: BackoffRules = { initialMs: 500, factor: 1.5, maxMs: 60_000, healthyMs: 10_000 };

/** Failures in a row, as the next wait is reckoned from them. */
export interface BackoffState {
  readonly failures: number;
}

export const NO_FAILURES: BackoffState = { failures: 0 };

/** What ended an attempt or a connection. */
export interface Failure {
  /** How long the connection was live, ms; 0 if it never was. */
  readonly livedMs: number;
  /** The server has no resources: go straight to the longest wait. */
  readonly exhausted: boolean;
  /** The server asked not to come back earlier, ms. */
  readonly retryAfterMs: number;
}

/**
 * The wait before the next attempt: full jitter, that is anything from 0 to a ceiling that grows by each failure, on
 * top of what the server asked for. `random` is from 0 to 1, 1 excluded. Pure.
 */
export function nextWait(
  state: BackoffState,
  failure: Failure,
  rules: BackoffRules,
  random: number,
): { readonly state: BackoffState; readonly waitMs: number } {
  const before = failure.livedMs >= rules.healthyMs ? 0 : state.failures;
  const failures = failure.exhausted ? Math.max(before, failuresToMax(rules)) : before;
  const ceiling = Math.min(rules.maxMs, rules.initialMs * rules.factor ** failures);
  const waitMs = Math.round(failure.retryAfterMs + random * ceiling);
  return { state: { failures: Math.min(failures, failuresToMax(rules)) + 1 }, waitMs };
}

function failuresToMax({ initialMs, factor, maxMs }: BackoffRules): number {
  return Math.max(0, Math.ceil(Math.log(maxMs / initialMs) / Math.log(factor)));
}
