/**
 * Writes a second of the store's adapters, one process, one machine: `npm run bench:store -- [SECONDS [USERS [STORES]]]`, then
 * what an update costs when 10^3 to USERS (10^6) users are held; STORES: some of memory, lmdb, redis, redis+cluster. Redis and a cluster of
 * three primaries with replicas are started for it; `commands` is what all of their servers together did for one write. Beside the memory store
 * a bare Map of as many users.
 * put: a blob of 1 KiB. commit: a new version of one of 1,000 items, whose blob is there. apply: a batch of one activity
 * with a context of 2 KiB. Each with 1, 32 and 256 writers at a time.
 */
import { createHash, randomBytes } from 'node:crypto';
import type { DataHash } from '../src/domain/ids.js';
import { dataHash, deviceId, itemId, pseudonym, spaceId } from '../src/domain/ids.js';
import type { Store } from '../src/domain/store-port.js';
import { openStore } from '../src/store/open.js';
import { startCluster } from '../test/support/redis/cluster.js';
import { startStandalone } from '../test/support/redis/deployment.js';
import type { RedisProcess } from '../test/support/redis/server.js';
import { scratchFolder } from '../test/support/scratch.js';
import { doneBy } from '../test/support/redis/done-by.js';
import type { Place } from './store/growth.js';
import { measureGrowth } from './store/growth.js';

const SECONDS = Number(process.argv[2] ?? 2);
const USERS = Number(process.argv[3] ?? 1_000_000);
const STORES = process.argv[4]?.split(',') ?? ['memory', 'lmdb', 'redis', 'redis+cluster'];
const SPACE = spaceId('bench');
const WRITERS = [1, 32, 256];

type Write = (store: Store, writer: number, count: number) => Promise<unknown>;

const contents = ['one', 'two'].map((text) => Buffer.alloc(1024, text));
const hashes = contents.map((content) => dataHash(createHash('sha256').update(content).digest('hex')));
const context = randomBytes(2048);

const writes: Readonly<Record<string, Write>> = {
  put: (store) => put(store, randomBytes(1024)),
  commit: (store, writer, count) =>
    store.spaces.commit({
      space: SPACE,
      item: itemId(`item-${(writer * 31 + count) % 1001}`),
      dataHash: hashes[count % 2] ?? null,
      sizeBytes: 1024,
      timestampMs: count,
      edges: [{ item: itemId(`item-${count % 1000}`), kind: 'link' }],
      writer: null,
      audience: [],
      condition: { kind: 'always' },
    }),
  apply: async (store, writer, count) => {
    const activities = [
      { type: 'viewed' as const, item: itemId('item-1'), timeMs: count, locationCell: null },
    ];
    const batch = { space: SPACE, sequence: count, activities };
    const user = pseudonym(`user-${writer}`);
    await store.users.apply(user, deviceId(`${round}`), batch, {
      expectedVersion: versions(writer),
      bytes: context,
    });
  },
};

let round = 0;
let applied = new Map<number, number>();
const places: Readonly<Record<string, () => Promise<Place>>> = {
  memory: () => Promise.resolve({ url: 'memory:', servers: [], stop: nothing }),
  lmdb: async () => {
    const folder = await scratchFolder();
    return { url: `lmdb:${folder.path}`, servers: [], stop: () => folder.remove() };
  },
  redis: () => startStandalone(),
  'redis+cluster': () => startCluster(),
};
const rows: Record<string, string | number>[] = [];
const growth: Record<string, string | number>[] = [];
for (const [name, start] of Object.entries(places)) {
  if (!STORES.includes(name)) continue;
  const place = await start();
  const store = await openStore({ url: place.url }, { clock: Date, randomBytes });
  await store.spaces.ensure(SPACE, 4);
  await Promise.all(contents.map((content) => put(store, content)));
  applied = new Map();
  for (const [kind, write] of Object.entries(writes)) {
    for (const writers of WRITERS)
      rows.push({ store: name, write: kind, ...(await measure(store, write, writers, place.servers)) });
  }
  await store.close();
  await place.stop();
  growth.push(...(await measureGrowth(start, USERS, SECONDS)));
  if (name === 'memory') growth.push(...(await measureGrowth(bareMap, USERS, SECONDS)));
}
console.table(rows);
console.table(growth);

async function measure(
  store: Store,
  write: Write,
  writers: number,
  servers: readonly RedisProcess[],
): Promise<Record<string, number | string>> {
  round++;
  const commandsBefore = (await doneBy(servers)).commands;
  const waits: number[] = [];
  const before = process.cpuUsage();
  const end = performance.now() + SECONDS * 1000;
  const one = async (writer: number): Promise<void> => {
    for (let count = 1; performance.now() < end; count++) {
      const start = performance.now();
      await write(store, writer, count);
      waits.push(performance.now() - start);
    }
  };
  await Promise.all(Array.from({ length: writers }, (_, writer) => one(writer)));
  const { user, system } = process.cpuUsage(before);
  waits.sort((a, b) => a - b);
  const at = (share: number): number => Number((waits[Math.floor(waits.length * share)] ?? 0).toFixed(3));
  const perSecond = Math.round(waits.length / SECONDS);
  const cpu = Math.round((user + system) / waits.length);
  const done = (await doneBy(servers)).commands - commandsBefore;
  const commands = servers.length === 0 ? '' : (done / waits.length).toFixed(2);
  const figures = { 'per second': perSecond, 'cpu us': cpu, 'p50 ms': at(0.5), 'p99 ms': at(0.99) };
  return { writers, ...figures, commands };
}

/** Each writer is a user of its own: the version of its context is the number of its batches. */
function versions(writer: number): number {
  const version = applied.get(writer) ?? 0;
  applied.set(writer, version + 1);
  return version;
}

function put(store: Store, content: Uint8Array): Promise<DataHash> {
  return store.blobs.put(
    (async function* () {
      yield await Promise.resolve(content);
    })(),
    content.length,
    null,
  );
}

function bareMap(): Promise<Place> {
  return Promise.resolve({ url: 'map:', servers: [], stop: nothing });
}

function nothing(): Promise<void> {
  return Promise.resolve();
}
