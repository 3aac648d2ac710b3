import { nodesOf } from '../redis/cluster.js';
import type { RedisProcess } from '../redis/server.js';

/** Keys that go at a time: so that for a while some of a slot's keys are here and some there. */
const BATCH = 2;

/** Moves every slot that has keys from one primary to another, key by key, as `redis-cli --cluster reshard` does. */
export async function moveSlots(
  from: RedisProcess,
  to: RedisProcess,
  servers: readonly RedisProcess[],
): Promise<void> {
  const [fromId, toId] = await Promise.all(
    [from, to].map((one) => one.ask((redis) => redis.cluster('MYID'))),
  );
  const nodes = (await from.ask(nodesOf)).split('\n').map((line) => line.split(' '));
  const ranges = nodes.find(([id]) => id === fromId)?.slice(8) ?? [];
  for (const range of ranges) {
    const [first = 0, last = first] = range.split('-').map(Number);
    for (let slot = first; slot <= last; slot++) {
      if ((await from.ask((redis) => redis.cluster('COUNTKEYSINSLOT', slot))) === 0) continue;
      await moveSlot(slot, { process: from, id: fromId ?? '' }, { process: to, id: toId ?? '' }, servers);
    }
  }
}

interface Node {
  readonly process: RedisProcess;
  readonly id: string;
}

async function moveSlot(slot: number, from: Node, to: Node, servers: readonly RedisProcess[]): Promise<void> {
  await to.process.ask((redis) => redis.cluster('SETSLOT', slot, 'IMPORTING', from.id));
  await from.process.ask((redis) => redis.cluster('SETSLOT', slot, 'MIGRATING', to.id));
  await from.process.ask(async (redis) => {
    for (;;) {
      const keys = await redis.callBuffer('CLUSTER', 'GETKEYSINSLOT', slot, BATCH);
      if (!Array.isArray(keys) || keys.length === 0) return;
      const target = ['127.0.0.1', to.process.port, '', 0, 5000, 'KEYS'] as const;
      // Answers come as Buffers, and go back as they are.
      await redis.call('MIGRATE', ...target, ...(keys as Buffer[]));
    }
  });
  for (const { process, id } of [to, from]) {
    if (id !== '') await process.ask((redis) => redis.cluster('SETSLOT', slot, 'NODE', to.id));
  }
  const others = servers.filter((one) => one !== to.process && one !== from.process);
  // Replicas cannot be told; they hear it from their primaries.
  await Promise.all(
    others.map((one) => one.ask((redis) => redis.cluster('SETSLOT', slot, 'NODE', to.id)).catch(() => null)),
  );
}
