import assert from 'node:assert/strict';
import type { DeviceId, Pseudonym, SpaceId } from '../../../src/domain/ids.js';
import { spaceId } from '../../../src/domain/ids.js';
import type { Store } from '../../../src/domain/store-port.js';
import type { UserRecord } from '../../../src/domain/user-record.js';
import { forgottenMark } from '../../../src/util/forgotten-mark.js';
import { until } from '../../support/until.js';
import type { Adapter } from './harness.js';
import {
  ANN,
  BEN,
  commit,
  hashOf,
  item,
  LAPTOP,
  makeSpace,
  PHONE,
  SPACE,
  wholeLog,
  withStore,
} from './harness.js';

const OTHER = spaceId('other');

/** What is kept about a user, and that all of it goes. */
export function forgettingSuite(adapter: Adapter): void {
  describe('forgetting', () => {
    it('lists everything that is kept about a user', () =>
      withStore(adapter, { activityRetention: 2 }, async ({ store }) => {
        await live(store, ANN);
        await live(store, BEN);
        const found = await recordsOf(store, ANN);
        assert.deepEqual(
          found.map(({ kind }) => kind).filter((kind, at, all) => all.indexOf(kind) === at),
          ['sequence', 'context', 'recurrent', 'activity', 'checkpoint', 'held', 'fed'].filter((kind) =>
            found.some((record) => record.kind === kind),
          ),
        );
        const of = <Kind extends UserRecord['kind']>(kind: Kind) =>
          found.filter((record): record is Extract<UserRecord, { kind: Kind }> => record.kind === kind);
        assert.deepEqual(new Map(of('sequence').map(({ device, sequence }) => [device, sequence])), LIVED);
        assert.deepEqual(
          of('context')
            .map(({ space, version }) => [space, version])
            .sort(),
          [
            [OTHER, 1],
            [SPACE, 3],
          ],
        );
        assert.deepEqual(
          of('recurrent').map(({ bytes }) => Buffer.from(bytes).toString()),
          ['state'],
        );
        assert.deepEqual(
          of('activity').map(({ offset }) => offset),
          [3, 4],
        );
        assert.deepEqual(
          of('fed')
            .map(({ batch }) => [batch.space, batch.sequence])
            .sort(),
          [
            [OTHER, 2],
            [SPACE, 1],
            [SPACE, 1],
            [SPACE, 3],
          ],
        );
        assert.deepEqual(
          of('checkpoint').map(({ checkpoint }) => checkpoint.item),
          ['b', 'a'],
        );
        assert.deepEqual(
          of('held')
            .map(({ device, space, item: held }) => [device, space, held])
            .sort(),
          [
            [LAPTOP, OTHER, 'x'],
            [PHONE, SPACE, 'a'],
            [PHONE, SPACE, 'b'],
          ],
        );
      }));

    it('removes it all, leaves others alone and says how much it was', () =>
      withStore(adapter, {}, async ({ store }) => {
        await live(store, ANN);
        await live(store, BEN);
        const [before, others] = [await recordsOf(store, ANN), await recordsOf(store, BEN)];
        const { alias } = await store.users.meet(ANN);
        assert.equal(await store.users.forget(ANN), before.length);
        assert.deepEqual(await recordsOf(store, ANN), []);
        assert.deepEqual(await recordsOf(store, BEN), others);
        assert.equal(await store.users.sequence(ANN, PHONE), 0);
        assert.deepEqual(await store.users.manifest(ANN, PHONE, SPACE), []);
        assert.deepEqual(await store.users.checkpoints(ANN, SPACE, [item('a')]), [null]);
        assert.deepEqual((await store.users.readActivity(ANN, 0, 10)).entries, []);
        assert.notEqual((await store.users.meet(ANN)).alias, alias);
        assert.equal(await store.users.forget(ANN), 0);
      }));

    it('logs do not know who wrote any more', () =>
      withStore(adapter, {}, async ({ store }) => {
        await makeSpace(store);
        await commit(store, 'a', 'one', { writer: ANN, audience: [ANN, BEN] });
        assert.deepEqual((await wholeLog(store))[0]?.audience, [ANN, BEN]);
        await store.users.forget(ANN);
        await store.users.meet(ANN);
        const [change] = await wholeLog(store);
        assert.ok(change !== undefined);
        assert.deepEqual([change.writer === ANN, change.audience.includes(ANN)], [false, false]);
        assert.equal(change.audience[1], BEN);
        assert.notEqual(change.writer, null);
      }));

    it('feeds keep their bounds and the offsets of others, and say who was forgotten', () =>
      withStore(adapter, {}, async ({ store }) => {
        await makeSpace(store);
        for (const [user, sequence] of [
          [ANN, 1],
          [BEN, 1],
          [ANN, 2],
          [BEN, 2],
          [ANN, 3],
        ] as const)
          await apply(store, user, PHONE, sequence);
        await store.users.forget(ANN);
        const feed = await store.spaces.readFeed(SPACE, 0, 10);
        assert.deepEqual(
          feed.entries.map(({ offset, user }) => [offset, user]),
          [
            [2, BEN],
            [4, BEN],
          ],
        );
        assert.deepEqual(feed.forgotten, [{ offset: 6, mark: forgottenMark(ANN) }]);
        assert.deepEqual([feed.low, feed.high], [0, 6]);
        const [first, rest] = [
          await store.spaces.readFeed(SPACE, 0, 2),
          await store.spaces.readFeed(SPACE, 4, 2),
        ];
        assert.deepEqual([first.entries.length, first.forgotten.length], [2, 0]);
        assert.deepEqual([rest.entries.length, rest.forgotten.length], [0, 1]);
        await apply(store, BEN, PHONE, 3);
        assert.equal((await store.spaces.readFeed(SPACE, 6, 10)).entries[0]?.offset, 7);
      }));

    it('a feed that is trimmed after somebody was forgotten says what it still has', () =>
      withStore(adapter, { feedRetention: 3 }, async ({ store }) => {
        await makeSpace(store);
        await apply(store, ANN, PHONE, 1);
        await apply(store, BEN, PHONE, 1);
        await store.users.forget(ANN);
        for (const sequence of [2, 3, 4, 5]) await apply(store, BEN, PHONE, sequence);
        const { entries, low, high } = await store.spaces.readFeed(SPACE, 0, 10);
        assert.deepEqual(
          entries.map(({ offset }) => offset),
          [5, 6, 7],
        );
        assert.deepEqual([low, high], [4, 7]);
      }));

    it('nothing that was learned before comes back', () =>
      withStore(adapter, {}, async ({ store }) => {
        await live(store, ANN);
        const before = await store.users.context(ANN, SPACE);
        const state = await store.users.recurrent(ANN, SPACE);
        await store.users.forget(ANN);
        const late = { code: 'FORGOTTEN' };
        const held = [{ item: item('a'), dataHash: hashOf('a') }];
        const context = { expectedVersion: before.version, bytes: Buffer.from('late') };
        await assert.rejects(store.users.apply(ANN, PHONE, batch(4), context), late);
        await assert.rejects(
          store.users.apply(ANN, PHONE, batch(1), { ...context, expectedVersion: 0 }),
          late,
        );
        await assert.rejects(store.users.saveCheckpoints(ANN, SPACE, [checkpoint('a')]), late);
        await assert.rejects(store.users.changeManifest(ANN, PHONE, SPACE, { held, dropped: [] }), late);
        await assert.rejects(store.users.replaceManifest(ANN, PHONE, SPACE, held), late);
        for (const version of [0, state.version])
          assert.equal(await store.users.saveRecurrent(ANN, SPACE, version, Buffer.from('late')), false);
        assert.deepEqual(await recordsOf(store, ANN), []);
        const feed = await store.spaces.readFeed(SPACE, 0, 10);
        assert.deepEqual(feed.entries, []);
      }));

    it('whoever comes again begins anew, in an era of their own', () =>
      withStore(adapter, {}, async ({ store, clock, reopen }) => {
        assert.equal((await store.users.meet(ANN)).era, 0);
        await live(store, ANN);
        await store.users.forget(ANN);
        clock.ms += 5;
        const { era, alias } = await store.users.meet(ANN);
        assert.ok(era > 0 && era <= clock.ms);
        assert.equal((await store.users.context(ANN, SPACE)).version, era);
        await apply(store, ANN, PHONE, 1, SPACE, era);
        assert.equal(await store.users.saveRecurrent(ANN, SPACE, era, Buffer.from('new')), true);
        await store.users.replaceManifest(
          ANN,
          PHONE,
          SPACE,
          [{ item: item('a'), dataHash: hashOf('a') }],
          era,
        );
        await store.users.saveCheckpoints(ANN, SPACE, [checkpoint('a')], era);
        assert.equal((await recordsOf(store, ANN)).length, 7);
        const again = adapter.persistent ? await reopen() : store;
        assert.deepEqual(await again.users.meet(ANN), { era, alias });
        assert.equal((await recordsOf(again, ANN)).length, 7);
        assert.equal(await again.users.forget(ANN), 7);
        assert.ok((await again.users.meet(ANN)).era > era);
      }));

    it('it is remembered for its time, and by whom came again for longer', () =>
      withStore(adapter, { forgottenMs: 1_000 }, async ({ store, clock }) => {
        const eraOf = async (user: Pseudonym) => (await store.users.context(user, SPACE)).version;
        await makeSpace(store);
        clock.ms = Date.now();
        for (const user of [ANN, BEN]) await store.users.forget(user);
        assert.notEqual(await eraOf(ANN), 0);
        const { era } = await store.users.meet(BEN);
        // Redis keeps its own time.
        await until(() => Date.now() > clock.ms + 1_100, 'the marks are gone');
        clock.ms = Date.now();
        assert.equal(await eraOf(ANN), 0);
        assert.equal(await eraOf(BEN), era);
        assert.equal((await store.users.meet(BEN)).era, era);
        await apply(store, BEN, PHONE, 1, SPACE, era);
        await apply(store, ANN, PHONE, 1);
      }));
  });
}

const LIVED = new Map([
  [PHONE, 3],
  [LAPTOP, 1],
]);

/** A user with something of every kind. */
async function live(store: Store, user: Pseudonym): Promise<void> {
  await makeSpace(store);
  await makeSpace(store, 1, OTHER);
  await apply(store, user, PHONE, 1);
  await apply(store, user, PHONE, 2, OTHER);
  await apply(store, user, PHONE, 3);
  await apply(store, user, LAPTOP, 1);
  assert.equal(await store.users.saveRecurrent(user, SPACE, 0, Buffer.from('state')), true);
  await store.users.saveCheckpoints(user, SPACE, [checkpoint('a'), checkpoint('b')]);
  await store.users.saveCheckpoints(user, SPACE, [checkpoint('a')]);
  const held = ['a', 'b'].map((name) => ({ item: item(name), dataHash: hashOf(name) }));
  await store.users.replaceManifest(user, PHONE, SPACE, held);
  const change = { held: [{ item: item('x'), dataHash: hashOf('x') }], dropped: [] };
  await store.users.changeManifest(user, LAPTOP, OTHER, change);
}

async function apply(
  store: Store,
  user: Pseudonym,
  device: DeviceId,
  sequence: number,
  space: SpaceId = SPACE,
  era = 0,
): Promise<void> {
  const { version } = await store.users.context(user, space);
  const context = { expectedVersion: version, bytes: Buffer.from('context') };
  const result = await store.users.apply(user, device, { ...batch(sequence), space }, context, era);
  assert.equal(result.kind, 'applied');
}

function batch(sequence: number) {
  const activities = [{ type: 'viewed' as const, item: item('a'), timeMs: 1_000, locationCell: null }];
  return { space: SPACE, sequence, activities };
}

function checkpoint(name: string) {
  return {
    item: item(name),
    dataHash: hashOf(name),
    version: 1,
    timestampMs: 1,
    dependencyHashes: [],
    userContext: '{}',
    predictionScore: 0.5,
  };
}

async function recordsOf(store: Store, user: Pseudonym): Promise<readonly UserRecord[]> {
  const found: UserRecord[] = [];
  for await (const record of store.users.records(user)) found.push(record);
  return found;
}
