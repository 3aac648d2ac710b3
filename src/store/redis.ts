import type { Store } from '../domain/store-port.js';
import type { StoreLimits, StoreSurroundings } from './options.js';
import { newAlias, newEpoch, wholeMs } from './options.js';
import type { RedisAddress } from './redis/address.js';
import { parseAddress } from './redis/address.js';
import { Batches } from './redis/batches.js';
import { RedisBlobs } from './redis/blobs.js';
import { Claims } from './redis/claims.js';
import { ClusterTopology } from './redis/cluster.js';
import { Commits } from './redis/commits.js';
import type { Dialling } from './redis/connection.js';
import { sentinelDialling } from './redis/connection.js';
import { Directory } from './redis/directory.js';
import { Keys } from './redis/keys.js';
import { checkLayout } from './redis/layout.js';
import type { StoreObserver } from './observer.js';
import { UNOBSERVED } from './observer.js';
import { Pool } from './redis/pool.js';
import { Questions } from './redis/questions.js';
import { Lessons } from './redis/lessons.js';
import { Router } from './redis/router.js';
import { SCRIPTS } from './redis/scripts.js';
import { SentinelTopology } from './redis/sentinel.js';
import type { RedisSettings } from './redis/settings.js';
import { settingsFor } from './redis/settings.js';
import { RedisSpaces } from './redis/spaces.js';
import { standaloneTopology } from './redis/standalone.js';
import { Sweeper } from './redis/sweeper.js';
import type { Topology } from './redis/topology.js';
import { RedisUsers } from './redis/users.js';
import { Wakes } from './redis/wakes.js';

/**
 * A store in Redis 7 or newer: one server, one with replicas under Sentinels, or a cluster. Several processes share it.
 * What it acknowledges as REPLICATED outlives any one server. Throws CONFIG_INVALID, STORE_UNAVAILABLE.
 */
export async function openRedis(
  url: string,
  limits: StoreLimits,
  surroundings: StoreSurroundings,
  given: Partial<RedisSettings> = {},
  observer: StoreObserver = UNOBSERVED,
): Promise<Store> {
  const address = parseAddress(url);
  const settings = settingsFor(address.kind, given);
  const dialling: Dialling = { address, connectMs: settings.commandMs };
  const topology = topologyOf(address, dialling);
  const random = (): number => Buffer.from(surroundings.randomBytes(4)).readUInt32BE() / 2 ** 32;
  const pool = new Pool({
    dialling,
    settings,
    scripts: SCRIPTS,
    nameServer: (connection) => topology.nameOf(connection),
    stands: (server, endpoint) => topology.confirms(server, endpoint),
  });
  const router = new Router({ topology, pool, operationMs: settings.operationMs, random, observer });
  const keys = new Keys(settings.partitions);
  const close = async (): Promise<void> => {
    router.close();
    await pool.close();
    topology.close();
  };
  try {
    for (const endpoint of await topology.primaries()) await pool.get(endpoint);
    await checkLayout(router, keys, settings.partitions);
  } catch (thrown) {
    await close();
    throw thrown;
  }
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
    users: new RedisUsers({ ...common, directory, batches, newAlias: () => newAlias(surroundings) }),
    blobs: new RedisBlobs({ ...common, claims, sweeper }),
    isShared: true,
    close: async () => {
      router.close();
      await wakes.close();
      await close();
    },
  };
}

function topologyOf(address: RedisAddress, dialling: Dialling): Topology {
  const { kind, endpoints, primaryName } = address;
  const [first] = endpoints;
  switch (kind) {
    case 'standalone':
      // The form of the URL has one.
      return standaloneTopology(first ?? { host: '127.0.0.1', port: 6379 });
    case 'sentinel':
      return new SentinelTopology(endpoints, primaryName, new Questions(sentinelDialling(dialling)));
    case 'cluster':
      return new ClusterTopology(endpoints, new Questions(dialling));
  }
}
