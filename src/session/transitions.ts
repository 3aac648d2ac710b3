/**
 * The states of a session and of each space that it follows. Pure and total: the compiler demands every cell.
 *
 *   session                                            space
 *                                                                     resume
 *   opening ──────┬───────────┬───────────┐            unknown ──────────────────┐
 *                 ▼           ▼           ▼               │ ask                  ▼
 *             comparing ─▶ catching-up ─▶ live         comparing ──manifest──▶ catching-up ◀─┐
 *                 │    ◀──    │      ◀──  │               │                caught-up │       │ overflow
 *                 └───────────┴───────────┘               │ log-lost                 ▼       │
 *                             │ end                       │                         live ────┘
 *                             ▼                           ▼                          │
 *                         draining ──gone──▶ closed     lost ◀───────log-lost────────┘
 */
import type { ClientEvent, SessionEnd, Verdict } from '../domain/session-port.js';

/**
 * `comparing`: some space waits for the device's manifest. `catching-up`: some space reads what the device missed.
 * `live`: every space follows its tail. `draining`: only a goodbye is still sent. `closed`: nothing is sent any more.
 */
export type SessionState = 'opening' | 'comparing' | 'catching-up' | 'live' | 'draining' | 'closed';

/** What the spaces together demand, and the two ways to end: with a goodbye, or with nobody there to hear it. */
export type SessionStep = 'comparing' | 'catching-up' | 'live' | 'end' | 'gone';

export const SESSION_TABLE: Readonly<Record<SessionState, Readonly<Record<SessionStep, SessionState>>>> = {
  opening: {
    comparing: 'comparing',
    'catching-up': 'catching-up',
    live: 'live',
    end: 'draining',
    gone: 'closed',
  },
  comparing: {
    comparing: 'comparing',
    'catching-up': 'catching-up',
    live: 'live',
    end: 'draining',
    gone: 'closed',
  },
  'catching-up': {
    comparing: 'comparing',
    'catching-up': 'catching-up',
    live: 'live',
    end: 'draining',
    gone: 'closed',
  },
  live: {
    comparing: 'comparing',
    'catching-up': 'catching-up',
    live: 'live',
    end: 'draining',
    gone: 'closed',
  },
  draining: {
    comparing: 'draining',
    'catching-up': 'draining',
    live: 'draining',
    end: 'draining',
    gone: 'closed',
  },
  closed: { comparing: 'closed', 'catching-up': 'closed', live: 'closed', end: 'closed', gone: 'closed' },
};

/**
 * `comparing`: what the device holds is not known, so nothing is pushed to it. `catching-up`: it is known, and the log
 * is read at the session's own pace. `lost`: the log cannot be followed; the session ends and says so.
 */
export type SpaceState = 'unknown' | 'comparing' | 'catching-up' | 'live' | 'lost';

/**
 * `resume`, `ask`: the verdict at Hello. `manifest`: its last part came. `caught-up`: the tail was reached.
 * `overflow`: the outbox takes no more invalidations. `log-lost`: compacted, or another epoch.
 */
export type SpaceStep = 'resume' | 'ask' | 'manifest' | 'caught-up' | 'overflow' | 'log-lost';

/** `refused`: the step does not fit the state, which stays; a device that asked for it is told so. */
export const SPACE_TABLE: Readonly<Record<SpaceState, Readonly<Record<SpaceStep, SpaceState | 'refused'>>>> =
  {
    unknown: {
      resume: 'catching-up',
      ask: 'comparing',
      manifest: 'refused',
      'caught-up': 'refused',
      overflow: 'refused',
      'log-lost': 'lost',
    },
    comparing: {
      resume: 'refused',
      ask: 'refused',
      manifest: 'catching-up',
      'caught-up': 'refused',
      overflow: 'comparing',
      'log-lost': 'lost',
    },
    'catching-up': {
      resume: 'refused',
      ask: 'refused',
      manifest: 'refused',
      'caught-up': 'live',
      overflow: 'catching-up',
      'log-lost': 'lost',
    },
    live: {
      resume: 'refused',
      ask: 'refused',
      manifest: 'refused',
      'caught-up': 'live',
      overflow: 'catching-up',
      'log-lost': 'lost',
    },
    lost: {
      resume: 'refused',
      ask: 'refused',
      manifest: 'refused',
      'caught-up': 'lost',
      overflow: 'lost',
      'log-lost': 'lost',
    },
  };

/** `handle` it, `refuse` it and go on, or `ignore` it because the session is over for the device. */
export type Treatment = 'handle' | 'refuse' | 'ignore';

/** What becomes of a client's event. While draining only acknowledgements count: they keep the manifest true. */
export const EVENT_TABLE: Readonly<Record<SessionState, Readonly<Record<ClientEvent['kind'], Treatment>>>> = {
  opening: all('ignore'),
  comparing: { ...all('handle'), hello: 'refuse' },
  'catching-up': { ...all('handle'), hello: 'refuse' },
  live: { ...all('handle'), hello: 'refuse' },
  draining: { ...all('ignore'), ack: 'handle' },
  closed: all('ignore'),
};

/** Whether a goodbye is said: not when the device left, or when there is no stream to say it on. */
export const END_STEPS: Readonly<Record<SessionEnd['kind'], 'end' | 'gone'>> = {
  left: 'gone',
  broken: 'gone',
  stalled: 'end',
  silent: 'end',
  'token-expired': 'end',
  'taken-over': 'end',
  shutdown: 'end',
  forgotten: 'end',
};

export const VERDICT_STEPS: Readonly<Record<Verdict, SpaceStep>> = {
  resume: 'resume',
  'send-manifest': 'ask',
  anew: 'ask',
  wipe: 'ask',
};

/** What the session does next, given its spaces: the one that is furthest behind decides. */
export function together(spaces: Iterable<SpaceState>): SessionStep {
  const states = new Set(spaces);
  if (states.has('lost')) return 'end';
  if (states.has('unknown') || states.has('comparing')) return 'comparing';
  return states.has('catching-up') ? 'catching-up' : 'live';
}

function all(treatment: Treatment): Record<ClientEvent['kind'], Treatment> {
  return {
    hello: treatment,
    activities: treatment,
    ack: treatment,
    request: treatment,
    manifest: treatment,
    heartbeat: treatment,
    budget: treatment,
    refused: treatment,
  };
}
