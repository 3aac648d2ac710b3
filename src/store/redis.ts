import type { Store } from '../domain/store-port.js';
import type { StoreLimits, StoreSurroundings } from './options.js';
import { newAlias, newEpoch, wholeMs } from './options.js';
import { openAccess } from './redis/access.js';
import { Batches } from './redis/batches.js';
import { RedisBlobs } from './redis/blobs.js';
import { Claims } from './redis/claims.js';
import { Commits } from './redis/commits.js';
import { Directory } from './redis/directory.js';
import { Keys } from './redis/keys.js';
import { checkLayout } from './redis/layout.js';
import type { StoreObserver } from './observer.js';
import { UNOBSERVED } from './observer.js';
import { Lessons } from './redis/lessons.js';
import type { RedisSettings } from './redis/settings.js';
import { RedisSpaces } from './redis/spaces.js';
import { Sweeper } from './redis/sweeper.js';
import { RedisUsers } from './redis/users.js';
import { Wakes } from './redis/wakes.js';

/**
 * A store in Redis 7 or newer: one server, one with replicas under Sentinels, or a cluster. Several processes share it.
 * What it acknowledges as REPLICATED outlives any one server. Throws CONFIG_INVALID, COPY_UNFINISHED,
 * STORE_UNAVAILABLE.
 */
export async function openRedis(
  url: string,
  limits: StoreLimits,
  surroundings: StoreSurroundings,
  given: Partial<RedisSettings> = {},
  observer: StoreObserver = UNOBSERVED,
): Promise<Store> {
  const access = await openAccess(url, surroundings, given, observer);
  const { settings, topology, dialling, random, router } = access;
  const keys = new Keys(settings.partitions);
  const layout = await checkLayout(router, keys, settings.partitions).catch(async (thrown: unknown) => {
    await access.close();
    throw thrown;
  });
  const now = (): number => wholeMs(surroundings.clock);
  const { randomBytes } = surroundings;
  const newToken = (): string => Buffer.from(randomBytes(8)).toString('hex');
  const common = { router, keys, limits, observer, now, randomBytes, newToken, graceMs: limits.blobGraceMs };
  const directory = new Directory({ ...common, newEpoch: () => newEpoch(surroundings) });
  const claims = new Claims(common);
  const batches = new Batches({ ...common, directory });
  const lessons = new Lessons({ ...common, directory });
  const commits = new Commits({ ...common, directory, claims });
  const sweeper = new Sweeper({ ...common, claims, partitions: settings.partitions });
  const wakes = new Wakes({ topology, dialling, random, keys, directory });
  return {
    spaces: new RedisSpaces({ router, keys, directory, commits, batches, lessons, wakes }),
    users: new RedisUsers({
      ...common,
      directory,
      batches,
      isCopied: layout.isCopied,
      newAlias: () => newAlias(surroundings),
    }),
    blobs: new RedisBlobs({ ...common, claims, sweeper }),
    isShared: true,
    close: async () => {
      router.close();
      await wakes.close();
      await access.close();
    },
  };
}
