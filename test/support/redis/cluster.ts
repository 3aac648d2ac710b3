import { setTimeout as sleep } from 'node:timers/promises';
import { scratchFolder } from '../scratch.js';
import type { Deployment } from './deployment.js';
import { deployment } from './deployment.js';
import type { RedisProcess } from './server.js';
import { freePorts, redisServer } from './server.js';

const SLOTS = 16_384;

/** A cluster of so many primaries, each with a replica; a node is dead after `timeoutMs` of silence. */
export async function startCluster(primaries = 3, timeoutMs = 2000): Promise<Deployment> {
  const folder = await scratchFolder();
  const ports = await freePorts(primaries * 4);
  const servers = ports
    .slice(0, primaries * 2)
    .map((port, index) =>
      redisServer(port, folder.path, [
        ...['--cluster-enabled', 'yes', '--cluster-port', `${ports[primaries * 2 + index] ?? 0}`],
        ...['--cluster-config-file', 'nodes.conf', '--cluster-node-timeout', `${timeoutMs}`],
        ...['--cluster-allow-reads-when-down', 'no', '--repl-diskless-sync-delay', '0'],
      ]),
    );
  await Promise.all(servers.map((server) => server.start()));
  await join(servers, primaries, ports.slice(primaries * 2));
  const hosts = servers.slice(0, primaries).map(({ port }) => `127.0.0.1:${port}`);
  return deployment(`redis+cluster://${hosts.join(',')}`, servers, [], folder);
}

/** As `redis-cli --cluster create`, without its questions and pauses. */
async function join(
  servers: readonly RedisProcess[],
  primaries: number,
  buses: readonly number[],
): Promise<void> {
  const ids = await Promise.all(servers.map((server) => server.ask((redis) => redis.cluster('MYID'))));
  const [first] = servers;
  for (const [index, server] of servers.entries()) {
    await server.ask((redis) => redis.call('CLUSTER', 'SET-CONFIG-EPOCH', index + 1));
    if (index < primaries)
      await server.ask((redis) => redis.call('CLUSTER', 'ADDSLOTSRANGE', ...range(index, primaries)));
    if (server !== first)
      await server.ask((redis) =>
        redis.call('CLUSTER', 'MEET', '127.0.0.1', first?.port ?? 0, buses[0] ?? 0),
      );
  }
  await Promise.all(
    servers.map((server) => until(server, (text) => text.includes(`cluster_known_nodes:${servers.length}`))),
  );
  for (const [index, server] of servers.entries()) {
    if (index < primaries) continue;
    const id = ids[index - primaries] ?? '';
    for (const end = Date.now() + 10_000; ; await sleep(50)) {
      const done = await server
        .ask((redis) => redis.cluster('REPLICATE', id))
        .then(
          () => true,
          () => false,
        );
      if (done) break;
      if (Date.now() > end) throw new Error('a replica does not find its primary');
    }
  }
  await Promise.all(servers.map((server) => until(server, (text) => text.includes('cluster_state:ok'))));
  await Promise.all(servers.slice(0, primaries).map((server) => untilNode(server)));
  await untilEachSees(servers, primaries);
}

async function untilNode(server: RedisProcess): Promise<void> {
  for (const end = Date.now() + 20_000; ; await sleep(50)) {
    const info = await server.ask((redis) => redis.info('replication'));
    if (info.includes('state=online')) return;
    if (Date.now() > end) throw new Error('a replica did not come');
  }
}

/** Every node knows every replica's primary: a failover needs that. */
async function untilEachSees(servers: readonly RedisProcess[], primaries: number): Promise<void> {
  for (const server of servers) {
    for (const end = Date.now() + 20_000; ; await sleep(50)) {
      const nodes = await server.ask((redis) => redis.cluster('NODES'));
      if (String(nodes).match(/\bslave\b/g)?.length === servers.length - primaries) break;
      if (Date.now() > end) throw new Error('the nodes do not see each other');
    }
  }
}

async function until(server: RedisProcess, holds: (info: string) => boolean): Promise<void> {
  for (const end = Date.now() + 20_000; ; await sleep(50)) {
    if (holds(String(await server.ask((redis) => redis.cluster('INFO'))))) return;
    if (Date.now() > end) throw new Error('the cluster did not come up');
  }
}

function range(index: number, primaries: number): readonly [number, number] {
  const size = Math.ceil(SLOTS / primaries);
  return [index * size, Math.min(SLOTS, (index + 1) * size) - 1];
}
