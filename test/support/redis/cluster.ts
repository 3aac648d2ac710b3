import type { Redis } from 'ioredis';
import { freePorts } from '../ports.js';
import { scratchFolder } from '../scratch.js';
import type { Deployment } from './deployment.js';
import { deployment } from './deployment.js';
import type { RedisProcess } from './server.js';
import { eventually } from './eventually.js';
import { redisServer } from './server.js';

const SLOTS = 16_384;
const PRIMARIES = 3;
/** A node that is silent for so long is dead. */
const SILENCE_MS = 2000;

/** Three primaries and their replicas, on these ports where they are free. */
export async function startCluster(wished: readonly number[] = []): Promise<Deployment> {
  const folder = await scratchFolder();
  const ports = await freePorts(PRIMARIES * 4, wished);
  const servers = ports
    .slice(0, PRIMARIES * 2)
    .map((port, index) =>
      redisServer(port, folder.path, [
        ...['--cluster-enabled', 'yes', '--cluster-port', `${ports[PRIMARIES * 2 + index] ?? 0}`],
        ...['--cluster-config-file', 'nodes.conf', '--cluster-node-timeout', `${SILENCE_MS}`],
        ...['--cluster-allow-reads-when-down', 'no', '--repl-diskless-sync-delay', '0'],
      ]),
    );
  await Promise.all(servers.map((server) => server.start()));
  await join(servers, ports.slice(PRIMARIES * 2));
  const hosts = servers.slice(0, PRIMARIES).map(({ port }) => `127.0.0.1:${port}`);
  return deployment(`redis+cluster://${hosts.join(',')}`, servers, [], folder);
}

/** As `redis-cli --cluster create`, without its questions and pauses. */
async function join(servers: readonly RedisProcess[], buses: readonly number[]): Promise<void> {
  const ids = await Promise.all(servers.map((server) => server.ask((redis) => redis.cluster('MYID'))));
  const [first] = servers;
  for (const [index, server] of servers.entries()) {
    await server.ask((redis) => redis.call('CLUSTER', 'SET-CONFIG-EPOCH', index + 1));
    if (index < PRIMARIES)
      await server.ask((redis) => redis.call('CLUSTER', 'ADDSLOTSRANGE', ...range(index)));
    if (server !== first)
      await server.ask((redis) =>
        redis.call('CLUSTER', 'MEET', '127.0.0.1', first?.port ?? 0, buses[0] ?? 0),
      );
  }
  const all = (what: string, holds: (server: RedisProcess) => Promise<boolean>): Promise<unknown> =>
    Promise.all(servers.map((server) => eventually(() => holds(server), what)));
  const known = `cluster_known_nodes:${servers.length}`;
  await all('nodes that know each other', async (server) => (await infoOf(server)).includes(known));
  for (const [index, server] of servers.entries()) {
    if (index < PRIMARIES) continue;
    const id = ids[index - PRIMARIES] ?? '';
    const replicate = async (): Promise<boolean> => {
      await server.ask((redis) => redis.cluster('REPLICATE', id));
      return true;
    };
    await eventually(replicate, 'a replica that finds its primary');
  }
  await all('a cluster that is up', async (server) => (await infoOf(server)).includes('cluster_state:ok'));
  // A failover needs that every node knows whose replica each one is.
  await all('nodes that know the replicas', async (server) => {
    const nodes = await server.ask(nodesOf);
    return nodes.match(/\bslave\b/g)?.length === servers.length - PRIMARIES;
  });
  await Promise.all(servers.slice(0, PRIMARIES).map((server) => untilReplicated(server)));
}

/** What a node says of the cluster. */
export async function nodesOf(redis: Redis): Promise<string> {
  return String(await redis.call('CLUSTER', 'NODES'));
}

/** A primary whose replica is up to date. */
function untilReplicated(server: RedisProcess): Promise<void> {
  const online = async (): Promise<boolean> =>
    (await server.ask((redis) => redis.info('replication'))).includes('state=online');
  return eventually(online, 'a replica that is up to date');
}

function infoOf(server: RedisProcess): Promise<string> {
  return server.ask(async (redis) => String(await redis.call('CLUSTER', 'INFO')));
}

function range(index: number): readonly [number, number] {
  const size = Math.ceil(SLOTS / PRIMARIES);
  return [index * size, Math.min(SLOTS, (index + 1) * size) - 1];
}
