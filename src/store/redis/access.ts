import type { StoreObserver } from '../observer.js';
import type { StoreSurroundings } from '../options.js';
import type { RedisAddress } from './address.js';
import { parseAddress } from './address.js';
import { ClusterTopology } from './cluster.js';
import type { Dialling } from './connection.js';
import { sentinelDialling } from './connection.js';
import { Pool } from './pool.js';
import { Questions } from './questions.js';
import { Router } from './router.js';
import { SCRIPTS } from './scripts.js';
import { SentinelTopology } from './sentinel.js';
import type { RedisSettings } from './settings.js';
import { settingsFor } from './settings.js';
import { standaloneTopology } from './standalone.js';
import type { Topology } from './topology.js';

/** The way to the servers of a deployment, and who finds it. */
export interface Access {
  readonly settings: RedisSettings;
  readonly dialling: Dialling;
  readonly topology: Topology;
  readonly router: Router;
  /** From 0 to 1, 1 excluded. */
  readonly random: () => number;
  close(): Promise<void>;
}

/**
 * Connects to every primary, tried again as an operation is. `name`: how the connections call themselves. Throws
 * CONFIG_INVALID, STORE_UNAVAILABLE.
 */
export async function openAccess(
  url: string,
  { randomBytes }: Pick<StoreSurroundings, 'randomBytes'>,
  given: Partial<RedisSettings>,
  observer: StoreObserver,
  name?: string,
): Promise<Access> {
  const address = parseAddress(url);
  const settings = settingsFor(address.kind, given);
  const dialling: Dialling = {
    address,
    connectMs: settings.commandMs,
    ...(name === undefined ? {} : { name }),
  };
  const topology = topologyOf(address, dialling);
  const random = (): number => Buffer.from(randomBytes(4)).readUInt32BE() / 2 ** 32;
  const pool = new Pool({
    dialling,
    settings,
    scripts: SCRIPTS,
    nameServer: (connection) => topology.nameOf(connection),
    stands: (server, endpoint) => topology.confirms(server, endpoint),
  });
  const router = new Router({ topology, pool, operationMs: settings.operationMs, random, observer });
  const close = async (): Promise<void> => {
    router.close();
    await pool.close();
    topology.close();
  };
  try {
    await router.attempt(async () => {
      for (const endpoint of await topology.primaries()) await pool.get(endpoint);
    });
  } catch (thrown) {
    await close();
    throw thrown;
  }
  return { settings, dialling, topology, router, random, close };
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
