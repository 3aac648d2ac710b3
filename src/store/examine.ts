import type { Clock } from '../domain/clock.js';
import type { Finding } from '../domain/finding.js';
import { warning } from '../domain/finding.js';
import { examineDirectory } from './lmdb/examine.js';
import type { StoreConfig } from './open.js';
import { schemeOf } from './open.js';
import { examineRedis } from './redis/examine/examine.js';

/**
 * Looks at a store without changing anything in it, whether servers use it or not: what a server would find, and what an
 * operator should know. Never throws for what it finds; throws CONFIG_INVALID for a URL that names no store.
 */
export async function examineStore({ url, redis }: StoreConfig, clock: Clock): Promise<readonly Finding[]> {
  const [scheme, place] = schemeOf(url);
  switch (scheme) {
    case 'memory':
      return [
        warning(
          'store',
          'memory: keeps nothing when the server ends',
          'set store.url, unless this is to try out',
        ),
      ];
    case 'lmdb':
      return examineDirectory(place);
    case 'redis':
      return examineRedis(url, redis ?? {}, clock);
  }
}
