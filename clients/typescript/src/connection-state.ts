/**
 * The states of a client's connection. Pure and total: the compiler demands every cell.
 *
 *               welcome               caught-up
 *   connecting ─────────▶ catching-up ─────────▶ live
 *    ▲   │                    │                   │
 *    │   └───────lost─────────┴────────lost───────┘
 *    │ dial                   ▼
 *    └──────────────────── waiting
 *
 *   refused: from any of them to `stopped`, where it stays until it is closed. close: from any to `closed`, for good.
 */

/**
 * `connecting`: a stream is opened. `catching-up`: the server goes through what changed meanwhile, so a copy that is not
 * known to be old may be old. `live`: what is held and not marked stale is current. `waiting`: until the next attempt.
 * `stopped`: trying again cannot help, `error` says why. `closed`: by the caller.
 */
export type ConnectionState = 'connecting' | 'catching-up' | 'live' | 'waiting' | 'stopped' | 'closed';

/** `refused`: in a way that trying again does not cure. */
export type ConnectionStep = 'dial' | 'welcome' | 'caught-up' | 'lost' | 'refused' | 'close';

export const CONNECTION_TABLE: Readonly<
  Record<ConnectionState, Readonly<Record<ConnectionStep, ConnectionState>>>
> = {
  connecting: {
    dial: 'connecting',
    welcome: 'catching-up',
    'caught-up': 'connecting',
    lost: 'waiting',
    refused: 'stopped',
    close: 'closed',
  },
  'catching-up': {
    dial: 'catching-up',
    welcome: 'catching-up',
    'caught-up': 'live',
    lost: 'waiting',
    refused: 'stopped',
    close: 'closed',
  },
  live: {
    dial: 'live',
    welcome: 'live',
    'caught-up': 'live',
    lost: 'waiting',
    refused: 'stopped',
    close: 'closed',
  },
  waiting: {
    dial: 'connecting',
    welcome: 'waiting',
    'caught-up': 'waiting',
    lost: 'waiting',
    refused: 'stopped',
    close: 'closed',
  },
  stopped: {
    dial: 'stopped',
    welcome: 'stopped',
    'caught-up': 'stopped',
    lost: 'stopped',
    refused: 'stopped',
    close: 'closed',
  },
  closed: {
    dial: 'closed',
    welcome: 'closed',
    'caught-up': 'closed',
    lost: 'closed',
    refused: 'closed',
    close: 'closed',
  },
};
