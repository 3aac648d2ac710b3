import assert from 'node:assert/strict';
import type { ActivityBatch } from '../../../src/domain/activity.js';
import { spaceId } from '../../../src/domain/ids.js';
import { type FeedPage, type HeldItem, RECURRENT_BYTES, type Store } from '../../../src/domain/store-port.js';
import type { StoredCheckpoint } from '../../../src/domain/user-record.js';
import type { Adapter } from './harness.js';
import { ANN, BEN, hashOf, item, LAPTOP, makeSpace, PHONE, SPACE, withStore } from './harness.js';

const OTHER = spaceId('other');

/** Contexts, batches, checkpoints and manifests. */
export function usersSuite(adapter: Adapter): void {
  describe('users', () => {
    it('a batch moves sequence, context, feed and activity log at once', () =>
      withStore(adapter, {}, async ({ store }) => {
        await makeSpace(store);
        assert.deepEqual(await store.users.context(ANN, SPACE), { version: 0, bytes: new Uint8Array() });
        assert.equal(await store.users.sequence(ANN, PHONE), 0);
        const batch: ActivityBatch = {
          space: SPACE,
          sequence: 1,
          activities: [
            { type: 'viewed', item: item('a'), timeMs: 1_700_000_000_123, locationCell: 'u281' },
            { type: 'edited', item: item('a'), timeMs: 1_700_000_000_124, locationCell: null },
            { type: 'created', item: item('b'), timeMs: 0, locationCell: '' },
            { type: 'searched', queryBuckets: [0, 7, 0xffff_ffff], timeMs: 5, locationCell: null },
            { type: 'searched', queryBuckets: [], timeMs: -1, locationCell: null },
          ],
        };
        const context = { expectedVersion: 0, bytes: Buffer.from('folded') };
        const applied = { kind: 'applied', durability: adapter.durability };
        assert.deepEqual(await store.users.apply(ANN, PHONE, batch, context), applied);
        assert.deepEqual(await contextOf(store), [1, 'folded']);
        assert.equal(await store.users.sequence(ANN, PHONE), 1);
        const entry = { offset: 1, user: ANN, device: PHONE, batch };
        const page = { entries: [entry], low: 0, high: 1 };
        assert.deepEqual(await store.spaces.readFeed(SPACE, 0, 10), { ...page, forgotten: [] });
        assert.deepEqual(await store.users.readActivity(ANN, 0, 10), page);
      }));

    it('applying a batch again changes nothing, whatever the context', () =>
      withStore(adapter, {}, async ({ store }) => {
        await makeSpace(store);
        for (const sequence of [1, 2]) await apply(store, sequence);
        const duplicate = { kind: 'duplicate', durability: adapter.durability };
        const context = { expectedVersion: 77, bytes: Buffer.from('other') };
        for (const sequence of [1, 2]) {
          assert.deepEqual(await store.users.apply(ANN, PHONE, batch(sequence), context), duplicate);
        }
        assert.deepEqual(await contextOf(store), [2, 'after 2']);
        assert.equal((await store.spaces.readFeed(SPACE, 0, 10)).high, 2);
      }));

    it('refuses a gap and says what it expects', () =>
      withStore(adapter, {}, async ({ store }) => {
        await makeSpace(store);
        const context = { expectedVersion: 0, bytes: new Uint8Array() };
        const first = await store.users.apply(ANN, PHONE, batch(2), context);
        assert.deepEqual(first, { kind: 'gap', expected: 1 });
        await apply(store, 1);
        const later = await store.users.apply(ANN, PHONE, batch(9), { ...context, expectedVersion: 1 });
        assert.deepEqual(later, { kind: 'gap', expected: 2 });
        assert.equal((await store.users.readActivity(ANN, 0, 10)).high, 1);
      }));

    it('refuses a context that was folded from an old one, and changes nothing', () =>
      withStore(adapter, {}, async ({ store }) => {
        await makeSpace(store);
        await apply(store, 1);
        for (const expectedVersion of [0, 2]) {
          const result = await store.users.apply(ANN, PHONE, batch(2), {
            expectedVersion,
            bytes: Buffer.from('x'),
          });
          assert.deepEqual(result, { kind: 'stale' });
        }
        assert.equal(await store.users.sequence(ANN, PHONE), 1);
        assert.deepEqual(await contextOf(store), [1, 'after 1']);
        assert.equal((await store.spaces.readFeed(SPACE, 0, 10)).high, 1);
      }));

    it('of two devices that fold the same context one wins, and every batch counts once after retrying', () =>
      withStore(adapter, {}, async ({ store }) => {
        await makeSpace(store);
        const devices = [PHONE, LAPTOP];
        await Promise.all(
          devices.map(async (device) => {
            for (let sequence = 1; sequence <= 20; sequence++) {
              for (let result = 'stale'; result === 'stale'; ) {
                const { version } = await store.users.context(ANN, SPACE);
                const context = { expectedVersion: version, bytes: Buffer.from(`${version + 1}`) };
                result = (await store.users.apply(ANN, device, batch(sequence), context)).kind;
                assert.ok(result === 'stale' || result === 'applied', result);
              }
            }
          }),
        );
        assert.deepEqual(await contextOf(store), [40, '40']);
        const { entries } = await store.spaces.readFeed(SPACE, 0, 100);
        for (const device of devices) {
          const sequences = entries
            .filter((entry) => entry.device === device)
            .map((entry) => entry.batch.sequence);
          assert.deepEqual(
            sequences,
            Array.from({ length: 20 }, (_, index) => index + 1),
          );
        }
      }));

    it('keeps users, devices and spaces apart', () =>
      withStore(adapter, {}, async ({ store }) => {
        await Promise.all([makeSpace(store), makeSpace(store, 1, OTHER)]);
        await apply(store, 1);
        const context = { expectedVersion: 0, bytes: Buffer.from('elsewhere') };
        const elsewhere = await store.users.apply(ANN, PHONE, { ...batch(2), space: OTHER }, context);
        assert.equal(elsewhere.kind, 'applied', 'sequences count over spaces, contexts do not');
        assert.equal((await store.users.apply(BEN, PHONE, batch(1), context)).kind, 'applied');
        assert.deepEqual(await contextOf(store), [1, 'after 1']);
        assert.equal(await store.users.sequence(ANN, LAPTOP), 0);
        assert.deepEqual(await offsets(store.spaces.readFeed(OTHER, 0, 10)), [1]);
        assert.deepEqual(await offsets(store.spaces.readFeed(SPACE, 0, 10)), [1, 2]);
        assert.deepEqual(await offsets(store.users.readActivity(ANN, 0, 10)), [1, 2]);
        assert.deepEqual(await offsets(store.users.readActivity(BEN, 0, 10)), [1]);
      }));

    it('does not apply to a space that was never made', () =>
      withStore(adapter, {}, async ({ store }) => {
        await assert.rejects(apply(store, 1), { code: 'SPACE_UNKNOWN' });
        await assert.rejects(store.users.saveCheckpoints(ANN, SPACE, []), { code: 'SPACE_UNKNOWN' });
        await assert.rejects(store.users.replaceManifest(ANN, PHONE, SPACE, []), { code: 'SPACE_UNKNOWN' });
        const nothing = { held: [], dropped: [] };
        await assert.rejects(store.users.changeManifest(ANN, PHONE, SPACE, nothing), {
          code: 'SPACE_UNKNOWN',
        });
        assert.equal(await store.users.sequence(ANN, PHONE), 0);
      }));

    it('keeps the newest batches of feed and activity log', () =>
      withStore(adapter, { feedRetention: 4, activityRetention: 2 }, async ({ store }) => {
        await makeSpace(store);
        for (let sequence = 1; sequence <= 9; sequence++) await apply(store, sequence);
        const feed = await store.spaces.readFeed(SPACE, 0, 100);
        assert.deepEqual(
          [feed.low, feed.high, feed.entries.map((entry) => entry.offset)],
          [5, 9, [6, 7, 8, 9]],
        );
        assert.deepEqual(await offsets(store.spaces.readFeed(SPACE, 7, 1)), [8]);
        assert.deepEqual(await offsets(store.spaces.readFeed(SPACE, 9, 1)), []);
        const activity = await store.users.readActivity(ANN, 0, 100);
        assert.deepEqual([activity.low, activity.high], [7, 9]);
        assert.deepEqual(
          activity.entries.map((entry) => entry.batch.sequence),
          [8, 9],
        );
      }));

    it('bytes that were handed in or out are nobody else’s', () =>
      withStore(adapter, {}, async ({ store }) => {
        await makeSpace(store);
        const bytes = Buffer.from('mine');
        await store.users.apply(ANN, PHONE, batch(1), { expectedVersion: 0, bytes });
        bytes.fill(0);
        (await store.users.context(ANN, SPACE)).bytes.fill(0);
        assert.deepEqual(await contextOf(store), [1, 'mine']);
        const snapshot = Buffer.from('mine');
        await store.spaces.saveSnapshot(SPACE, 's', 1, snapshot);
        snapshot.fill(0);
        (await store.spaces.loadSnapshot(SPACE, 's'))?.bytes.fill(0);
        assert.equal(
          Buffer.from((await store.spaces.loadSnapshot(SPACE, 's'))?.bytes ?? []).toString(),
          'mine',
        );
      }));
  });

  describe('recurrent states', () => {
    it('are replaced by compare-and-set, apart for each user and space', () =>
      withStore(adapter, {}, async ({ store, reopen }) => {
        await Promise.all([makeSpace(store), makeSpace(store, 1, OTHER)]);
        const { users } = store;
        assert.deepEqual(await users.recurrent(ANN, SPACE), { version: 0, bytes: new Uint8Array() });
        assert.equal(await users.saveRecurrent(ANN, SPACE, 0, Buffer.from('one')), true);
        for (const stale of [0, 2])
          assert.equal(await users.saveRecurrent(ANN, SPACE, stale, Buffer.from('lost')), false);
        assert.deepEqual(await recurrentOf(store), [1, 'one']);
        assert.equal(await users.saveRecurrent(ANN, SPACE, 1, Buffer.from('two')), true);
        assert.equal(await users.saveRecurrent(BEN, SPACE, 0, Buffer.from('ben')), true);
        assert.equal(await users.saveRecurrent(ANN, OTHER, 0, Buffer.from('other')), true);
        assert.deepEqual(await contextOf(store), [0, '']);
        const kept = adapter.persistent ? await reopen() : store;
        assert.deepEqual(await recurrentOf(kept), [2, 'two']);
      }));

    it('of writers at once one wins', () =>
      withStore(adapter, {}, async ({ store }) => {
        await makeSpace(store);
        const write = (name: number) => store.users.saveRecurrent(ANN, SPACE, 0, Buffer.from(`${name}`));
        const won = await Promise.all([0, 1, 2, 3].map(write));
        assert.equal(won.filter(Boolean).length, 1);
        assert.deepEqual(await recurrentOf(store), [1, `${won.indexOf(true)}`]);
      }));

    it('have at most 4 KiB, in a space that exists, and are nobody else’s bytes', () =>
      withStore(adapter, {}, async ({ store }) => {
        const { users } = store;
        const full = new Uint8Array(RECURRENT_BYTES).fill(7);
        await assert.rejects(users.saveRecurrent(ANN, SPACE, 0, full), { code: 'SPACE_UNKNOWN' });
        await makeSpace(store);
        await assert.rejects(users.saveRecurrent(ANN, SPACE, 0, new Uint8Array(RECURRENT_BYTES + 1)), {
          code: 'FIELD_INVALID',
          details: { field: 'bytes.length', facts: { limit: `${RECURRENT_BYTES}` } },
        });
        assert.equal(await users.saveRecurrent(ANN, SPACE, 0, full), true);
        full.fill(0);
        (await users.recurrent(ANN, SPACE)).bytes.fill(0);
        const { bytes } = await users.recurrent(ANN, SPACE);
        assert.deepEqual(bytes, new Uint8Array(RECURRENT_BYTES).fill(7));
      }));
  });

  describe('checkpoints', () => {
    it('are written, replaced and found in the order asked for', () =>
      withStore(adapter, {}, async ({ store }) => {
        await Promise.all([makeSpace(store), makeSpace(store, 1, OTHER)]);
        const [a, b, newer] = [checkpoint('a', 1), checkpoint('b', 2), checkpoint('a', 3)];
        await store.users.saveCheckpoints(ANN, SPACE, [a, b]);
        assert.deepEqual(await found(store, ['b', 'x', 'a']), [b, null, a]);
        await store.users.saveCheckpoints(ANN, SPACE, [newer]);
        assert.deepEqual(await found(store, ['a', 'b']), [newer, b]);
        assert.deepEqual(await store.users.checkpoints(ANN, OTHER, [item('a')]), [null]);
        assert.deepEqual(await store.users.checkpoints(BEN, SPACE, [item('a')]), [null]);
      }));

    it('the last write of an item wins, within a call too', () =>
      withStore(adapter, { checkpointsPerUser: 2 }, async ({ store }) => {
        await makeSpace(store);
        const writes = [checkpoint('a', 1), checkpoint('b', 1), checkpoint('a', 2), checkpoint('a', 3)];
        await store.users.saveCheckpoints(ANN, SPACE, writes);
        assert.deepEqual(await found(store, ['a', 'b']), [writes[3], writes[1]]);
      }));

    it('those saved longest ago go first', () =>
      withStore(adapter, { checkpointsPerUser: 3 }, async ({ store }) => {
        await makeSpace(store);
        const save = (...names: string[]) =>
          store.users.saveCheckpoints(
            ANN,
            SPACE,
            names.map((name) => checkpoint(name, 1)),
          );
        await save('a', 'b', 'c');
        await save('a');
        await save('d');
        const kept = async () =>
          (await found(store, ['a', 'b', 'c', 'd', 'e'])).map((one) => one?.item ?? '-');
        assert.deepEqual(await kept(), ['a', '-', 'c', 'd', '-']);
        await save('b', 'c', 'd', 'e');
        assert.deepEqual(await kept(), ['-', '-', 'c', 'd', 'e']);
      }));
  });

  describe('manifests', () => {
    it('change item by item; what is dropped and held again is held', () =>
      withStore(adapter, {}, async ({ store }) => {
        await makeSpace(store);
        const { users } = store;
        assert.deepEqual(await manifest(store), []);
        await users.changeManifest(ANN, PHONE, SPACE, { held: [held('a', 1), held('b', 1)], dropped: [] });
        await users.changeManifest(ANN, PHONE, SPACE, {
          held: [held('b', 2), held('c', 1), held('c', 3)],
          dropped: [item('a'), item('b'), item('nowhere')],
        });
        assert.deepEqual(await manifest(store), [held('b', 2), held('c', 3)]);
        assert.deepEqual(await users.manifest(ANN, LAPTOP, SPACE), []);
        assert.deepEqual(await users.manifest(BEN, PHONE, SPACE), []);
      }));

    it('are replaced as a whole', () =>
      withStore(adapter, {}, async ({ store }) => {
        await makeSpace(store);
        await store.users.replaceManifest(ANN, PHONE, SPACE, [held('a', 1), held('b', 1), held('c', 1)]);
        await store.users.replaceManifest(ANN, PHONE, SPACE, [held('b', 2), held('c', 1), held('d', 1)]);
        assert.deepEqual(await manifest(store), [held('b', 2), held('c', 1), held('d', 1)]);
        await store.users.replaceManifest(ANN, PHONE, SPACE, []);
        assert.deepEqual(await manifest(store), []);
      }));

    it('are bounded: a change beyond it is refused as a whole', () =>
      withStore(adapter, { manifestItems: 2 }, async ({ store }) => {
        await makeSpace(store);
        const { users } = store;
        await users.replaceManifest(ANN, PHONE, SPACE, [held('a', 1), held('b', 1)]);
        const tooMany = { code: 'FIELD_INVALID', details: { field: 'manifest', facts: { limit: '2' } } };
        await assert.rejects(
          users.changeManifest(ANN, PHONE, SPACE, { held: [held('a', 2), held('c', 1)], dropped: [] }),
          tooMany,
        );
        assert.deepEqual(await manifest(store), [held('a', 1), held('b', 1)]);
        await users.changeManifest(ANN, PHONE, SPACE, { held: [held('c', 1)], dropped: [item('a')] });
        assert.deepEqual(await manifest(store), [held('b', 1), held('c', 1)]);
        const three = [held('a', 1), held('b', 1), held('c', 1)];
        await assert.rejects(users.replaceManifest(ANN, PHONE, SPACE, three), { code: 'FIELD_INVALID' });
      }));
  });
}

const batch = (sequence: number): ActivityBatch => ({
  space: SPACE,
  sequence,
  activities: [{ type: 'viewed', item: item(`${sequence}`), timeMs: sequence, locationCell: null }],
});

/** Applies a batch of ANN's phone on top of the current context. */
async function apply(store: Store, sequence: number): Promise<void> {
  const { version } = await store.users.context(ANN, SPACE);
  const context = { expectedVersion: version, bytes: Buffer.from(`after ${sequence}`) };
  assert.equal((await store.users.apply(ANN, PHONE, batch(sequence), context)).kind, 'applied');
}

async function contextOf(store: Store): Promise<[number, string]> {
  const { version, bytes } = await store.users.context(ANN, SPACE);
  return [version, Buffer.from(bytes).toString()];
}

async function recurrentOf(store: Store): Promise<[number, string]> {
  const { version, bytes } = await store.users.recurrent(ANN, SPACE);
  return [version, Buffer.from(bytes).toString()];
}

const offsets = async (page: Promise<FeedPage>): Promise<number[]> =>
  (await page).entries.map((entry) => entry.offset);

const checkpoint = (name: string, version: number): StoredCheckpoint => ({
  item: item(name),
  dataHash: hashOf(`${name} ${version}`),
  version,
  timestampMs: 1_700_000_000_000 + version,
  dependencyHashes: [hashOf('x'), hashOf('y')].slice(0, version % 3),
  userContext: '{"café":"𝄞"}',
  predictionScore: 0.1 * version,
});

const found = (store: Store, names: readonly string[]) =>
  store.users.checkpoints(ANN, SPACE, names.map(item));

const held = (name: string, version: number): HeldItem => ({
  item: item(name),
  dataHash: hashOf(`${name} ${version}`),
});

async function manifest(store: Store): Promise<HeldItem[]> {
  const items = await store.users.manifest(ANN, PHONE, SPACE);
  return [...items].sort((a, b) => (a.item < b.item ? -1 : 1));
}
