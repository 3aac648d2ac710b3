import { ForesyncError } from '../domain/errors.js';
import type { Store } from '../domain/store-port.js';
import { checkedBlobs } from './checked-blobs.js';
import { checkedSpaces } from './checked-spaces.js';
import { checkedUsers } from './checked-users.js';
import { openLmdb } from './lmdb.js';
import { openMemory } from './memory.js';
import type { StoreLimits, StoreSurroundings } from './options.js';
import { storeLimits } from './options.js';

export interface StoreConfig {
  /** `memory:` or `lmdb:DIRECTORY`. */
  readonly url: string;
  readonly limits?: Partial<StoreLimits>;
}

/** Opens the store that the URL names. Throws CONFIG_INVALID, STORE_UNAVAILABLE, STORE_CORRUPT. */
export async function openStore(config: StoreConfig, surroundings: StoreSurroundings): Promise<Store> {
  const limits = storeLimits(config.limits ?? {});
  const store = await openAdapter(config.url, limits, surroundings);
  return {
    spaces: checkedSpaces(store.spaces),
    users: checkedUsers(store.users, limits),
    blobs: checkedBlobs(store.blobs),
    close: () => store.close(),
  };
}

async function openAdapter(
  url: string,
  limits: StoreLimits,
  surroundings: StoreSurroundings,
): Promise<Store> {
  const colon = url.indexOf(':');
  const [scheme, place] = [url.slice(0, colon), url.slice(colon + 1)];
  if (scheme === 'memory' && place === '') return openMemory(limits, surroundings);
  if (scheme === 'lmdb' && place !== '') return openLmdb(place, limits, surroundings);
  const text = `store.url is ${JSON.stringify(url)}, but has to be memory: or lmdb:DIRECTORY`;
  throw new ForesyncError('CONFIG_INVALID', text, { field: 'store.url', facts: { limit: 'memory:, lmdb:' } });
}
