import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { open } from 'lmdb';
import { ForesyncError } from '../../../../src/domain/errors.js';
import type { Store } from '../../../../src/domain/store-port.js';
import { openStore } from '../../../../src/store/open.js';
import {
  ANN,
  commit,
  hashOf,
  item,
  makeSpace,
  PHONE,
  pieces,
  SPACE,
} from '../../../contract/store/harness.js';
import { scratchFolder } from '../../../support/scratch.js';

const BIG = randomBytes(300_000);
const clock = { now: () => 1_700_000_000_000 };

/** Flips a bit in each value of a directory, one after the other: what is read then is what was written, or an error. */
describe('store/lmdb: damaged values', function () {
  this.timeout(60_000);

  it('are never shown: STORE_CORRUPT says it instead', async () => {
    const { path, remove } = await filledDirectory();
    const good = await readAll(await openStore({ url: `lmdb:${path}` }, { clock, randomBytes }));
    assert.ok(good.every((answer) => !(answer instanceof ForesyncError)));
    const database = open<Uint8Array, Uint8Array>({
      path,
      encoding: 'binary',
      keyEncoding: 'binary',
      overlappingSync: false,
    });
    const keys = Array.from(database.getKeys({ start: Buffer.of(0) }));
    const found = new Set<string>();
    for (const key of keys) {
      const value = Buffer.from(database.get(key) ?? []);
      const damaged = Buffer.from(value);
      const at = Math.floor(Math.random() * damaged.length);
      damaged[at] = (damaged[at] ?? 0) ^ 16;
      await database.put(key, damaged);
      const answers = await attempt(path);
      for (const [index, answer] of answers.entries()) {
        if (!(answer instanceof ForesyncError)) assert.deepEqual(answer, good[index]);
        else if (answer.code === 'STORE_CORRUPT') found.add(String.fromCharCode(key[0] ?? 0));
        else assert.fail(answer);
      }
      await database.put(key, value);
    }
    await database.close();
    await remove();
    assert.deepEqual([...found].sort().join(''), 'BFKbfhlpstuv');
  });

  it('gives way to a new snapshot where one cannot be read', async () => {
    const { path, remove } = await filledDirectory();
    const database = open<Uint8Array, Uint8Array>({
      path,
      encoding: 'binary',
      keyEncoding: 'binary',
      overlappingSync: false,
    });
    for (const key of Array.from(database.getKeys({ start: Buffer.of(0) }))) {
      const value = Buffer.from(database.get(key) ?? []);
      if (value.includes('snapshot')) await database.put(key, Buffer.alloc(value.length, 7));
    }
    await database.close();
    const store = await openStore({ url: `lmdb:${path}` }, { clock, randomBytes });
    const { spaces } = store;
    await assert.rejects(spaces.loadSnapshot(SPACE, 'statistics'), { code: 'STORE_CORRUPT' });
    await spaces.saveSnapshot(SPACE, 'statistics', 1, Buffer.from('anew'));
    const saved = await spaces.loadSnapshot(SPACE, 'statistics');
    assert.equal(Buffer.from(saved?.bytes ?? []).toString(), 'anew');
    await store.close();
    await remove();
  });
});

async function filledDirectory(): Promise<{ readonly path: string; readonly remove: () => Promise<void> }> {
  const folder = await scratchFolder();
  const store = await openStore({ url: `lmdb:${folder.path}` }, { clock, randomBytes });
  await makeSpace(store);
  await commit(store, 'a', 'one', { edges: [{ item: item('b'), kind: 'part' }], writer: ANN });
  await store.blobs.put(pieces(BIG, 99_999), BIG.length, null);
  await commit(store, 'gone', 'one');
  await commit(store, 'gone', null);
  const activities = [{ type: 'searched' as const, queryBuckets: [1, 2], timeMs: 5, locationCell: 'u281' }];
  const batch = { space: SPACE, sequence: 1, activities };
  await store.users.apply(ANN, PHONE, batch, { expectedVersion: 0, bytes: Buffer.from('context') });
  await store.users.replaceManifest(ANN, PHONE, SPACE, [{ item: item('a'), dataHash: hashOf('one') }]);
  const checkpoint = {
    version: 1,
    timestampMs: 1,
    dependencyHashes: [],
    userContext: '{}',
    predictionScore: 0.5,
  };
  await store.users.saveCheckpoints(ANN, SPACE, [
    { item: item('a'), dataHash: hashOf('one'), ...checkpoint },
  ]);
  await store.spaces.saveSnapshot(SPACE, 'statistics', 1, Buffer.from('snapshot'));
  await store.close();
  return { path: folder.path, remove: () => folder.remove() };
}

async function attempt(path: string): Promise<unknown[]> {
  try {
    return await readAll(await openStore({ url: `lmdb:${path}` }, { clock, randomBytes }));
  } catch (error) {
    return [error];
  }
}

/** Everything that can be read, or the error instead. */
async function readAll(store: Store): Promise<unknown[]> {
  const { spaces, users, blobs } = store;
  const reads = await Promise.allSettled<unknown>([
    spaces.meta(SPACE),
    spaces.head(SPACE, item('a')),
    spaces.head(SPACE, item('gone')),
    spaces.list(SPACE, '', '', 10),
    spaces.bounds(SPACE, 0),
    spaces.readLog(SPACE, 0, 0, 10),
    spaces.readFeed(SPACE, 0, 10),
    spaces.loadSnapshot(SPACE, 'statistics'),
    users.context(ANN, SPACE),
    users.sequence(ANN, PHONE),
    users.readActivity(ANN, 0, 10),
    users.checkpoints(ANN, SPACE, [item('a')]),
    users.manifest(ANN, PHONE, SPACE),
    blobs.read(hashOf(BIG), 0, BIG.length),
    blobs.read(hashOf('one'), 0, 10),
  ]);
  await store.close();
  return reads.map((read) => (read.status === 'fulfilled' ? read.value : (read.reason as Error)));
}
