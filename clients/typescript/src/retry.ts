import type { BackoffRules, BackoffState } from './backoff.js';
import { nextWait, NO_FAILURES } from './backoff.js';
import type { SessionEnd } from './session-end.js';

/** A token that does not last this long is no reason to hurry for the next one. */
const MIN_TOKEN_LIFE_MS = 1_000;

/** How long to wait between sessions, given how they ended. */
export class Retry {
  readonly #rules: BackoffRules;
  readonly #random: () => number;
  #state: BackoffState = NO_FAILURES;
  #liveSince: number | undefined;

  constructor(rules: BackoffRules, random: () => number) {
    this.#rules = rules;
    this.#random = random;
  }

  /** An attempt begins. */
  dialled(): void {
    this.#liveSince = undefined;
  }

  /** It led to a session. */
  welcomed(): void {
    this.#liveSince = performance.now();
  }

  /** The wait before the next attempt, ms. */
  waitAfter({ retry, exhausted, retryAfterMs }: SessionEnd): number {
    const livedMs = this.#liveSince === undefined ? 0 : performance.now() - this.#liveSince;
    // A session that ended for its token alone did not fail; one that ended at once may do so again.
    if (retry === 'with-new-token' && livedMs >= MIN_TOKEN_LIFE_MS) return retryAfterMs;
    const failure = { livedMs, exhausted, retryAfterMs };
    const { state, waitMs } = nextWait(this.#state, failure, this.#rules, this.#random());
    this.#state = state;
    return waitMs;
  }
}
