import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { ForesyncError } from '../../../src/domain/errors.js';
import { lastOffset } from '../../../src/domain/feed.js';
import type { Pseudonym } from '../../../src/domain/ids.js';
import { dataHash, deviceId, itemId, pseudonym, spaceId } from '../../../src/domain/ids.js';
import type { SpaceFeedPage, Store } from '../../../src/domain/store-port.js';
import { openStore } from '../../../src/store/open.js';
import { Keys } from '../../../src/store/redis/keys.js';
import { REDIS_SETTINGS } from '../../../src/store/redis/settings.js';
import { slotOf } from '../../../src/store/redis/slots.js';
import type { Deployment } from '../redis/deployment.js';
import { eventually } from '../redis/eventually.js';
import { moveSlots } from './resharding.js';

const SPACE = spaceId('forgotten');
const DEVICE = deviceId('phone');
/** Users who are forgotten, each while the slot of their keys is on its way from the first primary to the second. */
const USERS = 24;
/** Each in a slot of its own: slots of the first of three primaries. */
const FIRST_SLOTS = 5_461;

/** Moves the slots of users key by key while they are forgotten, and while their devices go on writing. Answers what went wrong. */
export async function forgetWhileMoving({ url, servers }: Deployment): Promise<readonly string[]> {
  const [from, to] = servers;
  if (from === undefined || to === undefined) throw new Error('a cluster has two primaries');
  const store = await openStore({ url }, { clock: { now: () => Date.now() }, randomBytes });
  try {
    await store.spaces.ensure(SPACE, 1);
    const users = usersOfTheFirst();
    for (const user of users) await live(store, user);
    let moving = true;
    const forgotten: Promise<number>[] = [];
    const onMoving = (slot: number): void => {
      const user = users.find((one) => slotOfUser(one) === slot);
      if (user !== undefined) forgotten.push(store.users.forget(user));
    };
    const moved = moveSlots(from, to, servers, users.map(slotOfUser), onMoving).finally(
      () => (moving = false),
    );
    const writers = users.map((user) => writeUntilForgotten(store, user, () => moving));
    await moved;
    await Promise.all(forgotten);
    const outlived = (await Promise.all(writers)).filter((ended) => ended !== 'FORGOTTEN');
    const left = await Promise.all(users.map((user) => whatIsLeft(store, user, servers)));
    return [
      ...outlived.map((ended) => `a writer ended with ${ended}`),
      ...left.flat(),
      ...(await inFeed(store, users)),
    ];
  } finally {
    await store.close();
  }
}

function usersOfTheFirst(): readonly Pseudonym[] {
  const users = new Map<number, Pseudonym>();
  for (let number = 0; users.size < USERS; number++) {
    const user = pseudonym(`forgotten-${number}`.padEnd(32, '0'));
    if (slotOfUser(user) < FIRST_SLOTS) users.set(slotOfUser(user), user);
  }
  return [...users.values()];
}

function slotOfUser(user: Pseudonym): number {
  return slotOf(new Keys(REDIS_SETTINGS.partitions).user(user).index);
}

/** Something in every key. */
async function live(store: Store, user: Pseudonym): Promise<void> {
  for (let sequence = 1; sequence <= 5; sequence++) await apply(store, user, sequence);
  const hash = dataHash('0'.repeat(64));
  await store.users.replaceManifest(user, DEVICE, SPACE, [{ item: itemId('a'), dataHash: hash }]);
  const rest = { version: 1, timestampMs: 1, dependencyHashes: [], userContext: '', predictionScore: 0.5 };
  await store.users.saveCheckpoints(user, SPACE, [{ item: itemId('a'), dataHash: hash, ...rest }]);
}

async function apply(store: Store, user: Pseudonym, sequence: number): Promise<void> {
  const { version } = await store.users.context(user, SPACE);
  const activities = [{ type: 'viewed' as const, item: itemId('a'), timeMs: sequence, locationCell: null }];
  const context = { expectedVersion: version, bytes: Buffer.from('context') };
  await store.users.apply(user, DEVICE, { space: SPACE, sequence, activities }, context);
}

/** A device that knows nothing of it. Answers why it stopped. */
async function writeUntilForgotten(store: Store, user: Pseudonym, goesOn: () => boolean): Promise<string> {
  let ended = 'the end';
  for (;;) {
    const last = !goesOn();
    try {
      await apply(store, user, (await store.users.sequence(user, DEVICE)) + 1);
    } catch (thrown) {
      ended = ForesyncError.from(thrown).code;
      if (ended === 'STORE_UNAVAILABLE' && last) continue;
    }
    if (last) return ended;
    await sleep(20);
  }
}

async function whatIsLeft(
  store: Store,
  user: Pseudonym,
  servers: Deployment['servers'],
): Promise<readonly string[]> {
  const found: string[] = [];
  for await (const { kind } of store.users.records(user)) found.push(`${kind} of ${user} is left`);
  if ((await store.users.meet(user)).era === 0) found.push(`${user} was not forgotten`);
  await store.users.forget(user);
  for (const server of servers) {
    const keys = (): Promise<string[]> => server.ask((redis) => redis.keys(`*${user}*`));
    const isGone = async (): Promise<boolean> => (await keys()).length === 0;
    const stays = await eventually(isGone, 'no key').then(
      () => [],
      () => keys(),
    );
    found.push(...stays.map((key) => `${server.port} keeps ${key}`));
  }
  return found;
}

async function inFeed(store: Store, users: readonly Pseudonym[]): Promise<readonly string[]> {
  const found: string[] = [];
  for (let after: number | null = 0; after !== null; ) {
    const page: SpaceFeedPage = await store.spaces.readFeed(SPACE, after, 512);
    for (const { user } of page.entries) if (users.includes(user)) found.push(`the feed has ${user}`);
    after = lastOffset(page);
  }
  return found;
}
