import { createHash, randomBytes } from 'node:crypto';
import { dataHash, deviceId, itemId, pseudonym, spaceId } from '../../src/domain/ids.js';
import type { DataHash, Pseudonym, SpaceId } from '../../src/domain/ids.js';
import type { Store } from '../../src/domain/store-port.js';
import type { Known } from './store-answers.js';

/** Hostile, long and plain. */
const SPACES = ['team', 'a}{b', '𝄞'.repeat(128)].map(spaceId);
const USERS = ['a'.repeat(32), 'a}{b', '𝄞'.repeat(128), ':i', 'd:x'].map(pseudonym);
const DEVICES = ['phone', '{laptop}', 'x'.repeat(512)].map(deviceId);
const ITEMS = ['plan', 'a}{b', 'docs/ä', 'x'.repeat(512), 'gone', '\0'].map(itemId);
const SNAPSHOTS = ['statistics', 'p:x:meta'];
const AT = Date.UTC(2026, 0, 1);

/** Fills a store through its port with some of everything, users who were forgotten included; the last two were. */
export async function fillStore(store: Store): Promise<Known> {
  const hashes: DataHash[] = [];
  const large = randomBytes(1_300_000);
  for (const content of ['one', 'two', '', large, 'waits for its head'])
    hashes.push(await put(store, content));
  for (const [index, space] of SPACES.entries()) {
    await store.spaces.ensure(space, index + 1);
    await fillSpace(store, space, hashes);
  }
  for (const user of USERS) await fillUser(store, user, hashes);
  for (const user of USERS.slice(-2)) await store.users.forget(user);
  const last = USERS.at(-1);
  // One who came back.
  if (last !== undefined) await store.users.meet(last);
  return { spaces: SPACES, users: USERS, devices: DEVICES, items: ITEMS, hashes, snapshots: SNAPSHOTS };
}

async function fillSpace(store: Store, space: SpaceId, hashes: readonly DataHash[]): Promise<void> {
  const sizes = [3, 3, 0, 1_300_000];
  for (let turn = 0; turn < 9; turn++)
    for (const [index, item] of ITEMS.entries()) {
      const which = (turn + index) % 4;
      await commit(store, space, item, hashes[which] ?? null, sizes[which] ?? 0);
    }
  await commit(store, space, 'gone', null, 0);
  for (const name of SNAPSHOTS) await store.spaces.saveSnapshot(space, name, 3, Buffer.from(`${name} of it`));
}

async function commit(
  store: Store,
  space: SpaceId,
  item: string,
  hash: DataHash | null,
  sizeBytes: number,
): Promise<void> {
  await store.spaces.commit({
    space,
    item: itemId(item),
    dataHash: hash,
    sizeBytes,
    timestampMs: AT,
    edges: [{ item: itemId('plan'), kind: 'link' }],
    writer: USERS[0] ?? null,
    audience: USERS.slice(0, 2),
    condition: { kind: 'always' },
  });
}

async function fillUser(store: Store, user: Pseudonym, hashes: readonly DataHash[]): Promise<void> {
  const [first] = hashes;
  if (first === undefined) throw new Error('no contents');
  await store.users.meet(user);
  for (const space of SPACES) {
    for (const device of DEVICES) {
      const sequence = (await store.users.sequence(user, device)) + 1;
      const { version } = await store.users.context(user, space);
      const activities = [{ type: 'viewed' as const, item: itemId('plan'), timeMs: AT, locationCell: null }];
      const context = { expectedVersion: version, bytes: Buffer.from(`context ${sequence}`) };
      await store.users.apply(user, device, { space, sequence, activities }, context);
      const held = ITEMS.map((item, index) => ({ item, dataHash: hashes[index % 4] ?? first }));
      await store.users.replaceManifest(user, device, space, held);
    }
    await store.users.saveRecurrent(user, space, 0, Buffer.from('state'));
    for (const item of [...ITEMS, itemId('plan')])
      await store.users.saveCheckpoints(user, space, [checkpointOf(item, hashes)]);
  }
}

function checkpointOf(item: ReturnType<typeof itemId>, hashes: readonly DataHash[]) {
  const [first, second] = hashes as [DataHash, DataHash];
  const known = { dataHash: first, dependencyHashes: [second], timestampMs: AT };
  return { ...known, item, version: 7, userContext: '{"a":1}', predictionScore: 0.123 };
}

async function put(store: Store, content: string | Uint8Array): Promise<DataHash> {
  const bytes = Buffer.from(content);
  const whole = (async function* () {
    yield await Promise.resolve(bytes);
  })();
  await store.blobs.put(whole, bytes.length, null);
  return dataHash(createHash('sha256').update(bytes).digest('hex'));
}
