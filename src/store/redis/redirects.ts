import { ForesyncError } from '../../domain/errors.js';
import type { Endpoint } from './address.js';
import { endpointOf } from './address.js';
import { messageOf } from './connection.js';

/** What an error of a call asks for. */
export type Advice =
  /** Another server has the slot from now on. */
  | { readonly kind: 'moved'; readonly endpoint: Endpoint }
  /** Another server has this key already: ask it once. */
  | { readonly kind: 'ask'; readonly endpoint: Endpoint }
  /** The server was started again and does not know the script. */
  | { readonly kind: 'load' }
  /** It may be otherwise in a moment. */
  | { readonly kind: 'again' }
  /** It will not: somebody has to do something. */
  | { readonly kind: 'give-up'; readonly error: ForesyncError };

/** `asked`: who answered, for a redirection that leaves out the host. */
export function adviceOf(thrown: unknown, asked: Endpoint): Advice {
  if (thrown instanceof ForesyncError)
    return thrown.code === 'STORE_UNAVAILABLE' && !LASTING.test(messageOf(thrown.cause))
      ? { kind: 'again' }
      : { kind: 'give-up', error: thrown };
  const message = messageOf(thrown);
  const [word = '', , target = ''] = message.split(' ');
  const { host, port } = endpointOf(target);
  const endpoint = { host: host === '' ? asked.host : host, port };
  if (word === 'MOVED') return { kind: 'moved', endpoint };
  if (word === 'ASK') return { kind: 'ask', endpoint };
  if (word === 'NOSCRIPT') return { kind: 'load' };
  if (FOR_NOW.has(word)) return { kind: 'again' };
  return { kind: 'give-up', error: defect(word, message, thrown) };
}

/** Why a server cannot be used at all: another password, or it is no Redis, or a Sentinel. */
const LASTING = /^(NOAUTH|WRONGPASS|NOPERM|DENIED|ERR unknown command|Unknown RESP type)\b/;

/** Failovers, migrations of slots and starts pass. */
const FOR_NOW = new Set([
  'TRYAGAIN',
  'CLUSTERDOWN',
  'LOADING',
  'MASTERDOWN',
  'READONLY',
  'UNBLOCKED',
  'NOREPLICAS',
  'BUSY',
]);

function defect(word: string, message: string, cause: unknown): ForesyncError {
  if (word === 'OOM')
    return new ForesyncError('STORE_UNAVAILABLE', 'Redis has no memory left for writes', { cause });
  if (word === 'NOAUTH' || word === 'WRONGPASS' || word === 'NOPERM')
    return new ForesyncError('STORE_UNAVAILABLE', `Redis refuses the user of store.url: ${word}`, { cause });
  return new ForesyncError('STORE_CORRUPT', `Redis could not run a step: ${message}`, { cause });
}
