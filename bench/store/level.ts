import { randomBytes } from 'node:crypto';
import { deviceId, itemId, pseudonym, spaceId } from '../../src/domain/ids.js';
import { openStore } from '../../src/store/open.js';
import { bareMap, type Update } from './bare-map.js';
import { many } from './many.js';

/** What a level tells: once when it is filled, then once for each turn. */
export interface Told {
  /** This process', after garbage was collected. */
  readonly heapBytes: number;
  readonly updates: number;
  readonly cpuUs: number;
  readonly seconds: number;
}

const SPACE = spaceId('growth');
const PHONE = deviceId('phone');
const ITEM = itemId('item-1');
const CONTEXT = randomBytes(200);
const FILLING = 256;
const UPDATING = 32;
/** After these a process is as quick as it gets, however few users it has. */
const WARMING = 50_000;
/** No more than the fewest users: so the feed is full for all of them, as it is in operation. */
const FEED = 1_000;

/**
 * Some users and their updates, a process of its own: its heap is that of these users. Arguments: the store's URL (`map:` is none), users.
 * Fills the store, then updates for as many seconds as each message says.
 */
const [url = '', count = ''] = process.argv.slice(2);
const users = Number(count);
const empty = heapBytes();
const update = url === 'map:' ? bareMap(CONTEXT) : await storeUpdates();
const sequences = new Uint32Array(users);
let turn = 0;

await many(FILLING, (user) => (user < users ? () => next(user) : null));
const heap = heapBytes() - empty;
await many(UPDATING, (done) => (done < WARMING ? inTurn() : null));
process.on('message', (seconds: number) => {
  void measured(seconds).then(tell);
});
tell({ heapBytes: heap, updates: 0, cpuUs: 0, seconds: 0 });

async function measured(seconds: number): Promise<Told> {
  const before = process.cpuUsage();
  const start = performance.now();
  const updates = await many(UPDATING, () => (performance.now() - start < seconds * 1000 ? inTurn() : null));
  const { user, system } = process.cpuUsage(before);
  return { heapBytes: heap, updates, cpuUs: user + system, seconds: (performance.now() - start) / 1000 };
}

/** A stride that no power of ten divides meets every user before it meets one again. */
function inTurn(): () => Promise<void> {
  const user = (turn++ * 7919) % users;
  return () => next(user);
}

function next(user: number): Promise<void> {
  const sequence = (sequences[user] ?? 0) + 1;
  sequences[user] = sequence;
  return update(pseudonym(user.toString(16).padStart(32, '0')), sequence);
}

async function storeUpdates(): Promise<Update> {
  const store = await openStore({ url, limits: { feedRetention: FEED } }, { clock: Date, randomBytes });
  await store.spaces.ensure(SPACE, 4);
  return async (user, sequence) => {
    const activities = [{ type: 'viewed' as const, item: ITEM, timeMs: sequence, locationCell: null }];
    const batch = { space: SPACE, sequence, activities };
    const context = { expectedVersion: sequence - 1, bytes: CONTEXT };
    const { kind } = await store.users.apply(user, PHONE, batch, context);
    if (kind !== 'applied') throw new Error(`batch ${sequence} of ${user} was ${kind}`);
  };
}

function heapBytes(): number {
  globalThis.gc?.();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

function tell(told: Told): void {
  process.send?.(told);
}
