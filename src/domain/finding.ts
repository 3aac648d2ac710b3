/** What one check of a deployment found, in words. */
export interface Finding {
  /** What was looked at: a few words, each once in an examination. */
  readonly check: string;
  readonly outcome: Outcome;
  readonly found: string;
  /** What to do about it; null where all is well. */
  readonly advice: string | null;
}

/** `warning`: it works, but not as one may think. `failure`: it does not work, or loses what was acknowledged. */
export type Outcome = 'ok' | 'warning' | 'failure';

export function ok(check: string, found: string): Finding {
  return { check, outcome: 'ok', found, advice: null };
}

export function warning(check: string, found: string, advice: string): Finding {
  return { check, outcome: 'warning', found, advice };
}

export function failure(check: string, found: string, advice: string): Finding {
  return { check, outcome: 'failure', found, advice };
}
