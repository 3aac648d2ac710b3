import { setTimeout as sleep } from 'node:timers/promises';
import { nodesOf, startCluster } from '../redis/cluster.js';
import type { Deployment } from '../redis/deployment.js';
import { startSentinels } from '../redis/sentinels.js';
import type { RedisProcess } from '../redis/server.js';
import { forgetWhileMoving } from './forgetting.js';
import { moveSlots } from './resharding.js';
import type { Fault } from './run-fault.js';

/** What only the load is looked at for. */
const QUIET: readonly (Omit<Fault, 'inject'> & {
  readonly inject: (deployment: Deployment) => Promise<void>;
})[] = [
  {
    name: 'kill -9 of a primary',
    deploy: () => startCluster(),
    inject: async ({ servers }) => {
      await server(servers, 0).kill();
      await sleep(6000);
    },
  },
  {
    name: 'hung primary (SIGSTOP 15 s, SIGCONT)',
    deploy: () => startCluster(),
    inject: async ({ servers }) => {
      server(servers, 0).signal('SIGSTOP');
      await sleep(15_000);
      server(servers, 0).signal('SIGCONT');
      await sleep(3000);
    },
  },
  {
    name: 'planned failover',
    deploy: () => startCluster(),
    inject: async ({ servers }) => {
      await (await replicaOf(servers, server(servers, 0))).ask((redis) => redis.call('CLUSTER', 'FAILOVER'));
      await sleep(2000);
    },
  },
  {
    name: 'resharding (MIGRATE with ASK)',
    deploy: () => startCluster(),
    inject: ({ servers }) => moveSlots(server(servers, 0), server(servers, 1), servers),
  },
  {
    name: 'shard without replica',
    deploy: () => startCluster(),
    inject: async ({ servers }) => {
      const replica = await replicaOf(servers, server(servers, 0));
      await replica.kill();
      await sleep(4000);
      await replica.start();
      await sleep(2000);
    },
  },
  {
    name: 'FLUSHALL of a primary',
    deploy: () => startCluster(),
    losesData: true,
    inject: async ({ servers }) => {
      await server(servers, 0).ask((redis) => redis.flushall());
    },
  },
  {
    name: 'kill -9 of a primary under Sentinels',
    deploy: () => startSentinels(),
    inject: async ({ servers }) => {
      await server(servers, 0).kill();
      await sleep(8000);
    },
  },
];

/** Everything that may go wrong, as docs/ lists it. */
export const FAULTS: readonly Fault[] = [
  ...QUIET.map(({ inject, ...fault }) => ({
    ...fault,
    inject: (on: Deployment) => inject(on).then(() => []),
  })),
  {
    name: 'forgetting users during resharding',
    deploy: () => startCluster(),
    inject: (deployment) => forgetWhileMoving(deployment),
  },
];

function server(servers: Deployment['servers'], index: number): RedisProcess {
  const found = servers[index];
  if (found === undefined) throw new Error(`there is no server ${index}`);
  return found;
}

/** The replica of a primary, as the primary sees it. */
async function replicaOf(servers: Deployment['servers'], primary: RedisProcess): Promise<RedisProcess> {
  const nodes = (await primary.ask(nodesOf)).split('\n').map((line) => line.split(' '));
  const id = nodes.find(([, , flags]) => flags?.includes('myself'))?.[0];
  const address = nodes.find(([, , , of]) => of === id)?.[1] ?? '';
  const found = servers.find(({ port }) => address.includes(`:${port}@`));
  if (found === undefined) throw new Error('the primary has no replica');
  return found;
}
