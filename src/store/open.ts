import { ForesyncError } from '../domain/errors.js';
import type { Store } from '../domain/store-port.js';
import { Aliases, aliasedSpaces } from './aliases.js';
import { checkedBlobs } from './checked-blobs.js';
import { checkedSpaces } from './checked-spaces.js';
import { checkedUsers } from './checked-users.js';
import { openLmdb } from './lmdb.js';
import { openMemory } from './memory.js';
import { openRedis } from './redis.js';
import { REDIS_URLS } from './redis/address.js';
import type { StoreObserver } from './observer.js';
import type { RedisSettings } from './redis/settings.js';
import type { StoreLimits, StoreSurroundings } from './options.js';
import { storeLimits } from './options.js';

export type { StoreObserver } from './observer.js';

export interface StoreConfig {
  /** `memory:`, `lmdb:DIRECTORY`, `redis://…`, `redis+sentinel://…` or `redis+cluster://…`. */
  readonly url: string;
  readonly limits?: Partial<StoreLimits>;
  /** Of no meaning for stores inside the process. */
  readonly redis?: Partial<RedisSettings>;
  readonly observer?: StoreObserver;
}

/** Opens the store that the URL names. Throws CONFIG_INVALID, COPY_UNFINISHED, STORE_UNAVAILABLE, STORE_CORRUPT. */
export async function openStore(config: StoreConfig, surroundings: StoreSurroundings): Promise<Store> {
  const limits = storeLimits(config.limits ?? {});
  const store = await openAdapter(config, limits, surroundings);
  const aliases = new Aliases(store.users);
  return {
    spaces: checkedSpaces(aliasedSpaces(store.spaces, aliases)),
    users: checkedUsers(store.users, aliases, limits),
    blobs: checkedBlobs(store.blobs),
    isShared: store.isShared,
    close: () => store.close(),
  };
}

async function openAdapter(
  { url, redis, observer }: StoreConfig,
  limits: StoreLimits,
  surroundings: StoreSurroundings,
): Promise<Store> {
  const [scheme, place] = schemeOf(url);
  switch (scheme) {
    case 'memory':
      return openMemory(limits, surroundings);
    case 'lmdb':
      return openLmdb(place, limits, surroundings);
    case 'redis':
      return openRedis(url, limits, surroundings, redis, observer);
  }
}

/** Which kind of store a URL names, and what comes after. Throws CONFIG_INVALID. */
export function schemeOf(url: string): readonly [scheme: 'memory' | 'lmdb' | 'redis', place: string] {
  const colon = url.indexOf(':');
  const [scheme, place] = [url.slice(0, colon), url.slice(colon + 1)];
  if (scheme === 'memory' && place === '') return ['memory', place];
  if (scheme === 'lmdb' && place !== '') return ['lmdb', place];
  if (/^rediss?(\+|:)/.test(url)) return ['redis', place];
  const known = `memory:, lmdb:DIRECTORY, ${REDIS_URLS}`;
  const text = `store.url is ${JSON.stringify(withoutPassword(url))}, but has to be ${known}`;
  throw new ForesyncError('CONFIG_INVALID', text, { field: 'store.url', facts: { limit: known } });
}

function withoutPassword(url: string): string {
  return url.replace(/:[^:@/]*@/, ':…@');
}
