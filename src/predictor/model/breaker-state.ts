/** When a breaker opens, and for how long. */
export interface BreakerRules {
  /** Failures one after the other that open it. */
  readonly failures: number;
  /** Whoever waits for a run goes on without it after this, and until it ends nobody else begins to wait, ms. */
  readonly patienceMs: number;
  /** A run that takes longer counts as failed; one that has not ended by then opens the breaker at once, ms. */
  readonly timeoutMs: number;
  /** First time that it stays open, ms; each probe that fails doubles it, up to `longestMs`. */
  readonly backoffMs: number;
  readonly longestMs: number;
}

export const BREAKER_RULES: BreakerRules = {
  failures: 3,
  patienceMs: 250,
  timeoutMs: 2000,
  backoffMs: 1000,
  longestMs: 60_000,
};

/** For whom an answer is never too late, as in a replay: a machine that is busy with something else is no fault of a model. */
export const UNHURRIED_RULES: BreakerRules = {
  ...BREAKER_RULES,
  patienceMs: 10 * 60 * 1000,
  timeoutMs: 10 * 60 * 1000,
};

/** `epoch` grows with each transition: the outcome of a run that was admitted in another one says nothing any more. */
export type BreakerState =
  | { readonly kind: 'closed'; readonly epoch: number; readonly failures: number }
  | { readonly kind: 'open'; readonly epoch: number; readonly untilMs: number; readonly opens: number }
  /** One probe is under way; its outcome decides. */
  | { readonly kind: 'half-open'; readonly epoch: number; readonly opens: number };

export const CLOSED: BreakerState = { kind: 'closed', epoch: 0, failures: 0 };

/** The state in which a call may run, or null: it is refused. */
export function admit(state: BreakerState, nowMs: number): BreakerState | null {
  if (state.kind === 'closed') return state;
  if (state.kind === 'half-open' || nowMs < state.untilMs) return null;
  return { kind: 'half-open', epoch: state.epoch + 1, opens: state.opens };
}

/** After a run that was admitted in `epoch` succeeded. */
export function succeeded(state: BreakerState, epoch: number): BreakerState {
  if (state.epoch !== epoch || state.kind === 'open') return state;
  return { kind: 'closed', epoch: state.kind === 'closed' ? epoch : epoch + 1, failures: 0 };
}

/** After a run that was admitted in `epoch` failed. */
export function failed(state: BreakerState, epoch: number, nowMs: number, rules: BreakerRules): BreakerState {
  if (state.epoch !== epoch || state.kind === 'open') return state;
  if (state.kind === 'closed' && state.failures + 1 < rules.failures)
    return { ...state, failures: state.failures + 1 };
  return opened(state, nowMs, rules);
}

/** After a run that was admitted in `epoch` did not end in time: the next one would be waited for as long. */
export function hung(state: BreakerState, epoch: number, nowMs: number, rules: BreakerRules): BreakerState {
  return state.epoch !== epoch || state.kind === 'open' ? state : opened(state, nowMs, rules);
}

/** After a run that was admitted in `epoch` turned out to be none: the next call may be the probe. */
export function withdrawn(state: BreakerState, epoch: number, nowMs: number): BreakerState {
  if (state.epoch !== epoch || state.kind !== 'half-open') return state;
  return { kind: 'open', epoch: epoch + 1, untilMs: nowMs, opens: state.opens };
}

function opened(state: BreakerState, nowMs: number, { backoffMs, longestMs }: BreakerRules): BreakerState {
  const opens = state.kind === 'half-open' ? state.opens : 0;
  const openMs = Math.min(longestMs, backoffMs * 2 ** opens);
  return { kind: 'open', epoch: state.epoch + 1, untilMs: nowMs + openMs, opens: opens + 1 };
}
