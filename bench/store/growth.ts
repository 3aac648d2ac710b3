import { randomBytes } from 'node:crypto';
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { deviceId, itemId, pseudonym, spaceId } from '../../src/domain/ids.js';
import type { Store } from '../../src/domain/store-port.js';
import type { RedisProcess } from '../../test/support/redis/server.js';
import { doneBy } from './counters.js';

const SPACE = spaceId('growth');
const PHONE = deviceId('phone');
const ITEM = itemId('item-1');
const FILLING = 256;
const UPDATING = 32;
const CONTEXT = randomBytes(200);

export interface Place {
  readonly url: string;
  readonly servers: readonly RedisProcess[];
}

/**
 * What an update (a batch of one activity, a context of 200 bytes) costs a store that holds 10^3, 10^4, … users, and what a
 * user takes there. Users are updated evenly; processor time is that of this process and of all servers.
 */
export async function measureGrowth(
  store: Store,
  { url, servers }: Place,
  users: number,
  seconds: number,
): Promise<Record<string, string | number>[]> {
  await store.spaces.ensure(SPACE, 4);
  const versions = new Uint16Array(users);
  const update = async (user: number): Promise<void> => {
    const version = versions[user] ?? 0;
    versions[user] = version + 1;
    const activities = [{ type: 'viewed' as const, item: ITEM, timeMs: version, locationCell: null }];
    const batch = { space: SPACE, sequence: version + 1, activities };
    const name = pseudonym(user.toString(16).padStart(32, '0'));
    const { kind } = await store.users.apply(name, PHONE, batch, {
      expectedVersion: version,
      bytes: CONTEXT,
    });
    if (kind !== 'applied') throw new Error(`update ${version + 1} of user ${user} was ${kind}`);
  };
  const bytesBefore = await heldBytes(url, servers);
  const rows: Record<string, string | number>[] = [];
  for (let held = 0, level = 1000; level <= users; held = level, level *= 10) {
    await many(FILLING, (turn) => (held + turn < level ? () => update(held + turn) : null));
    const bytes = ((await heldBytes(url, servers)) - bytesBefore) / level;
    rows.push({
      store: url.slice(0, url.indexOf(':')),
      users: level,
      ...(await costOf(update, servers, level, seconds)),
      'bytes a user': Math.round(bytes),
    });
  }
  return rows;
}

async function costOf(
  update: (user: number) => Promise<void>,
  servers: readonly RedisProcess[],
  held: number,
  seconds: number,
): Promise<Record<string, string | number>> {
  const before = await doneBy(servers);
  const own = process.cpuUsage();
  const start = performance.now();
  // A stride that no power of ten divides meets every user before it meets one again.
  const updates = await many(UPDATING, (turn) =>
    performance.now() - start < seconds * 1000 ? () => update((turn * 7919) % held) : null,
  );
  const { user, system } = process.cpuUsage(own);
  const after = await doneBy(servers);
  const cost = (user + system + after.cpuUs - before.cpuUs) / updates;
  const commands = (after.commands - before.commands) / updates;
  return {
    'updates a second': Math.round((updates / (performance.now() - start)) * 1000),
    'cpu us an update': Math.round(cost),
    commands: servers.length === 0 ? '' : commands.toFixed(2),
  };
}

/** Runs what `next` gives, so many at a time, until it gives nothing; answers how many were run. */
async function many(parallel: number, next: (turn: number) => (() => Promise<void>) | null): Promise<number> {
  let turn = 0;
  const one = async (): Promise<void> => {
    for (let work = next(turn); work !== null; work = next(turn)) {
      turn++;
      await work();
    }
  };
  await Promise.all(Array.from({ length: parallel }, one));
  return turn;
}

/** Memory of primaries, the size of the file, or the heap of this process. */
async function heldBytes(url: string, servers: readonly RedisProcess[]): Promise<number> {
  if (servers.length > 0) return (await doneBy(servers)).bytes;
  if (url.startsWith('lmdb:')) return statSync(join(url.slice('lmdb:'.length), 'data.mdb')).size;
  globalThis.gc?.();
  return process.memoryUsage().heapUsed + process.memoryUsage().external;
}
