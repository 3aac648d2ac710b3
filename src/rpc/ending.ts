import { ForesyncError } from '../domain/errors.js';
import type { ServerEvent, SessionEnd } from '../domain/session-port.js';

/** The error that a stream ends with when its session ended so; null for OK. */
export function endingError(end: SessionEnd, retryAfterMs = 0): ForesyncError | null {
  switch (end.kind) {
    case 'left':
      return null;
    case 'broken':
      return end.error;
    case 'stalled':
      return new ForesyncError('SLOW_CONSUMER', 'the device read too slowly: resume later', { retryAfterMs });
    case 'silent':
      return new ForesyncError('SESSION_UNKNOWN', 'the device was silent for too long', { retryAfterMs });
    case 'token-expired':
      return new ForesyncError('UNAUTHENTICATED', 'the token expired', { facts: { reason: 'expired' } });
    case 'taken-over':
      return new ForesyncError('TAKEN_OVER', 'the same device opened another session');
    case 'shutdown':
      return new ForesyncError('SHUTTING_DOWN', 'the node shuts down: resume on another one', {
        retryAfterMs,
      });
    case 'forgotten':
      return new ForesyncError('SESSION_UNKNOWN', 'the user asked to be forgotten', { retryAfterMs });
  }
}

/** The end that a frame announces with its goodbye, if it does. A goodbye is the last event of its session. */
export function announcedEnd(
  events: readonly ServerEvent[],
): { readonly end: SessionEnd; readonly retryAfterMs: number } | null {
  const last = events.at(-1);
  if (last?.kind !== 'goodbye' || last.reason === 'broken') return null;
  return { end: { kind: last.reason }, retryAfterMs: last.retryAfterMs };
}
