import { setTimeout as sleep } from 'node:timers/promises';
import type { Redis } from 'ioredis';
import { nodesOf } from '../redis/cluster.js';
import type { RedisProcess } from '../redis/server.js';

/** Keys that go at a time: so that for a while some of a slot's keys are here and some there. */
const BATCH = 1;
/** Pause after each of them, ms. */
const PAUSE_MS = 10;

/** Slots that are moved. */
const MOVED = 60;

/** Moves slots (those that have keys, if none are named; `onMoving` hears when the keys of one begin to go) from one primary to another, key by key, as `redis-cli --cluster reshard` does. */
export async function moveSlots(
  from: RedisProcess,
  to: RedisProcess,
  servers: readonly RedisProcess[],
  slots: readonly number[] | null = null,
  onMoving: (slot: number) => void = () => undefined,
): Promise<void> {
  const [fromId, toId] = await Promise.all(
    [from, to].map((one) => one.ask((redis) => redis.cluster('MYID'))),
  );
  const nodes = (await from.ask(nodesOf)).split('\n').map((line) => line.split(' '));
  // Replicas cannot be told; they hear it from their primaries.
  const primaries = servers.filter(({ port }) =>
    nodes.some(([, address, flags]) => flags?.includes('master') && address?.includes(`:${port}@`)),
  );
  const ranges = nodes.find(([id]) => id === fromId)?.slice(8) ?? [];
  for (const slot of slots ?? (await from.ask((redis) => fullSlots(redis, ranges))))
    await moveSlot(
      slot,
      onMoving,
      { process: from, id: fromId ?? '' },
      { process: to, id: toId ?? '' },
      primaries,
    );
}

/** The first of the slots that have keys. */
async function fullSlots(redis: Redis, ranges: readonly string[]): Promise<readonly number[]> {
  const slots = ranges.flatMap((range) => {
    const [first = 0, last = first] = range.split('-').map(Number);
    return Array.from({ length: last - first + 1 }, (_, index) => first + index);
  });
  const pipeline = redis.pipeline();
  for (const slot of slots) pipeline.cluster('COUNTKEYSINSLOT', slot);
  const counts = (await pipeline.exec()) ?? [];
  return slots.filter((_, index) => Number(counts[index]?.[1]) > 0).slice(0, MOVED);
}

interface Node {
  readonly process: RedisProcess;
  readonly id: string;
}

async function moveSlot(
  slot: number,
  onMoving: (slot: number) => void,
  from: Node,
  to: Node,
  primaries: readonly RedisProcess[],
): Promise<void> {
  await to.process.ask((redis) => redis.cluster('SETSLOT', slot, 'IMPORTING', from.id));
  await from.process.ask((redis) => redis.cluster('SETSLOT', slot, 'MIGRATING', to.id));
  onMoving(slot);
  await from.process.ask(async (redis) => {
    for (;;) {
      const keys = await redis.callBuffer('CLUSTER', 'GETKEYSINSLOT', slot, BATCH);
      if (!Array.isArray(keys) || keys.length === 0) return;
      const target = ['127.0.0.1', to.process.port, '', 0, 5000, 'KEYS'] as const;
      // Answers come as Buffers, and go back as they are.
      await redis.call('MIGRATE', ...target, ...(keys as Buffer[]));
      await sleep(PAUSE_MS);
    }
  });
  // The new owner hears it first, so that the slot always has one.
  for (const one of [
    to.process,
    from.process,
    ...primaries.filter((other) => ![to.process, from.process].includes(other)),
  ])
    await one.ask((redis) => redis.cluster('SETSLOT', slot, 'NODE', to.id));
}
