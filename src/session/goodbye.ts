import type { ServerEventBody, SessionEnd } from '../domain/session-port.js';

/** What a device is told when its session ends: why, and for how long to stay away (with jitter, so not all come back at once). */
export function goodbye(
  reason: SessionEnd['kind'],
  retryAfterMs: number,
  random: () => number,
): ServerEventBody {
  const wait = STAYS_AWAY[reason] ? Math.floor(retryAfterMs * (0.5 + random())) : 0;
  return { kind: 'goodbye', reason, retryAfterMs: wait, message: MESSAGES[reason] };
}

/** Those who come back at once would only bring the trouble back. */
const STAYS_AWAY: Readonly<Record<SessionEnd['kind'], boolean>> = {
  left: false,
  broken: true,
  stalled: true,
  silent: false,
  'token-expired': false,
  'taken-over': false,
  shutdown: true,
  forgotten: false,
};

const MESSAGES: Readonly<Record<SessionEnd['kind'], string>> = {
  left: 'the device left',
  broken: 'the session failed: resume later',
  stalled: 'the device reads too slowly: resume later',
  silent: 'the device was silent for too long: resume',
  'token-expired': 'the token expired: come back with a new one',
  'taken-over': 'the same device opened another session',
  shutdown: 'the node shuts down: resume on another one',
  forgotten: 'the user asked to be forgotten: drop everything',
};
