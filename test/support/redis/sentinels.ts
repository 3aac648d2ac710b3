import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { freePorts } from '../ports.js';
import { scratchFolder } from '../scratch.js';
import type { Deployment } from './deployment.js';
import { deployment } from './deployment.js';
import { eventually } from './eventually.js';
import { redisServer, RedisProcess } from './server.js';

const NAME = 'foresync';

/** One primary, two replicas, three Sentinels that take a primary for dead after `downAfterMs` of silence. */
export async function startSentinels(downAfterMs = 2000): Promise<Deployment> {
  const folder = await scratchFolder();
  const ports = await freePorts(6);
  const [primary = 0, ...others] = ports.slice(0, 3);
  const servers = [
    redisServer(primary, folder.path),
    ...others.map((port) => redisServer(port, folder.path, ['--replicaof', '127.0.0.1', `${primary}`])),
  ];
  await Promise.all(servers.map((server) => server.start()));
  const sentinels = ports.slice(3).map((port) => sentinel(port, folder.path, primary, downAfterMs));
  await Promise.all(sentinels.map((one) => one.start()));
  await untilReplicated(servers[0], 2);
  await Promise.all(sentinels.map((one) => untilComplete(one)));
  const hosts = ports.slice(3).map((port) => `127.0.0.1:${port}`);
  return deployment(`redis+sentinel://${hosts.join(',')}/${NAME}`, servers, sentinels, folder);
}

/** Waits until a primary has so many replicas that are up to date. */
export function untilReplicated(server: RedisProcess | undefined, replicas: number): Promise<void> {
  const replicated = async (): Promise<boolean> =>
    (await server?.ask(async (redis) => {
      await redis.set('{ready}', '1');
      const count = await redis.wait(replicas, 500);
      await redis.del('{ready}');
      return count;
    })) === replicas;
  return eventually(replicated, `${replicas} replicas`);
}

function sentinel(port: number, folder: string, primary: number, downAfterMs: number): RedisProcess {
  const place = join(folder, `${port}`);
  const process = new RedisProcess('redis-server', port, place, [join(place, 'sentinel.conf'), '--sentinel']);
  writeFileSync(
    join(place, 'sentinel.conf'),
    [
      `port ${port}`,
      'bind 127.0.0.1',
      `sentinel monitor ${NAME} 127.0.0.1 ${primary} 2`,
      `sentinel down-after-milliseconds ${NAME} ${downAfterMs}`,
      `sentinel failover-timeout ${NAME} 6000`,
      '',
    ].join('\n'),
  );
  return process;
}

/** A Sentinel finds the others and the replicas by itself; before that it cannot replace the primary. */
function untilComplete(one: RedisProcess): Promise<void> {
  return eventually(async () => {
    const [others, replicas] = await one.ask((redis) =>
      Promise.all([redis.call('SENTINEL', 'SENTINELS', NAME), redis.call('SENTINEL', 'REPLICAS', NAME)]),
    );
    return Array.isArray(others) && others.length === 2 && Array.isArray(replicas) && replicas.length === 2;
  }, 'a Sentinel that knows the others and the replicas');
}
