import { ForesyncError } from '../../domain/errors.js';
import { unavailable } from '../failures.js';

/** Oldest version that has sharded pub/sub. */
export const OLDEST = 7;

/** The answer of INFO, by the names of its fields. */
export function readInfo(text: string): ReadonlyMap<string, string> {
  const fields = text.split('\r\n').map((line): [string, string] => {
    const colon = line.indexOf(':');
    return [line.slice(0, Math.max(0, colon)), line.slice(colon + 1)];
  });
  return new Map(fields.filter(([name]) => name !== ''));
}

/**
 * Whether a server can hold a store. Throws CONFIG_INVALID where somebody has to change it, STORE_UNAVAILABLE while it loads
 * its data.
 */
export function checkServer(info: ReadonlyMap<string, string>, name: string): void {
  const version = info.get('redis_version') ?? '';
  if (!(Number.parseInt(version, 10) >= OLDEST))
    throw refusal(
      name,
      `is Redis ${version}, but has to be ${OLDEST} or newer: wake-ups need sharded pub/sub`,
    );
  const policy = info.get('maxmemory_policy') ?? '';
  if (policy.startsWith('allkeys-'))
    throw refusal(
      name,
      `has maxmemory-policy ${policy}, which removes what was acknowledged: set noeviction`,
    );
  if (info.get('loading') === '1') throw unavailable(`${name} loads its data`);
}

/** Replicas that are connected and answered lately: a hung one keeps its connection, but not its word. */
export function liveReplicas(info: ReadonlyMap<string, string>): number {
  let live = 0;
  for (let index = 0; index < Number(info.get('connected_slaves') ?? 0); index++) {
    const fields = new Map((info.get(`slave${index}`) ?? '').split(',').map((field) => pair(field)));
    if (fields.get('state') === 'online' && Number(fields.get('lag')) <= LAGGING_S) live++;
  }
  return live;
}

/** Replicas report every second. */
const LAGGING_S = 2;

function pair(field: string): [string, string] {
  const [name = '', value = ''] = field.split('=');
  return [name, value];
}

function refusal(name: string, wrong: string): ForesyncError {
  return new ForesyncError('CONFIG_INVALID', `${name} ${wrong}`, { field: 'store.url' });
}
