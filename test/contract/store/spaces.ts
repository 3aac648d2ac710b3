import assert from 'node:assert/strict';
import { spaceId } from '../../../src/domain/ids.js';
import type { Change } from '../../../src/domain/item.js';
import type { Adapter } from './harness.js';
import {
  ANN,
  BEN,
  commit,
  hashOf,
  item,
  makeSpace,
  putBlob,
  SPACE,
  wholeLog,
  withStore,
  write,
} from './harness.js';

/** Spaces, commits, heads and logs. */
export function spacesSuite(adapter: Adapter): void {
  describe('spaces and commits', () => {
    it('makes a space once; its shards stay', () =>
      withStore(adapter, {}, async ({ store }) => {
        assert.equal(await store.spaces.meta(SPACE), null);
        assert.deepEqual(await store.spaces.ensure(SPACE, 4), { space: SPACE, shards: 4 });
        assert.deepEqual(await store.spaces.ensure(SPACE, 9), { space: SPACE, shards: 4 });
        assert.deepEqual(await store.spaces.meta(SPACE), { space: SPACE, shards: 4 });
      }));

    it('makes a space once even if many ask at the same time', () =>
      withStore(adapter, {}, async ({ store }) => {
        const asked = Array.from({ length: 8 }, (_, index) => store.spaces.ensure(SPACE, index + 1));
        assert.equal(new Set((await Promise.all(asked)).map((meta) => meta.shards)).size, 1);
        const first = await store.spaces.bounds(SPACE, 0);
        await store.spaces.ensure(SPACE, 1);
        assert.equal((await store.spaces.bounds(SPACE, 0)).epoch, first.epoch);
      }));

    it('gives each space an epoch of its own', () =>
      withStore(adapter, {}, async ({ store }) => {
        const other = spaceId('other');
        await Promise.all([makeSpace(store), makeSpace(store, 1, other)]);
        const [one, two] = [await store.spaces.bounds(SPACE, 0), await store.spaces.bounds(other, 0)];
        assert.match(one.epoch, /^[0-9a-f]{16}$/);
        assert.notEqual(one.epoch, two.epoch);
      }));

    it('a first write makes head and log entry, with all that it was given', () =>
      withStore(adapter, {}, async ({ store }) => {
        await makeSpace(store);
        const edges = [
          { item: item('img/a.png'), kind: 'part' as const },
          { item: item('b.md'), kind: 'link' as const },
        ];
        const change = await commit(store, 'a.md', 'one', { edges, writer: ANN, audience: [BEN, ANN] });
        const { epoch } = await store.spaces.bounds(SPACE, 0);
        const expected: Change = {
          space: SPACE,
          epoch,
          head: {
            item: item('a.md'),
            shard: 0,
            version: 1,
            dataHash: hashOf('one'),
            sizeBytes: 3,
            timestampMs: 1_700_000_000_000,
            edges,
          },
          previousHash: null,
          writer: ANN,
          audience: [BEN, ANN],
        };
        assert.deepEqual(change, expected);
        assert.deepEqual(await wholeLog(store), [expected]);
        assert.deepEqual(await store.spaces.head(SPACE, item('a.md')), expected.head);
      }));

    it('versions count per shard, and a change names the hash that it replaced', () =>
      withStore(adapter, {}, async ({ store }) => {
        await makeSpace(store);
        await commit(store, 'a', 'one');
        await commit(store, 'b', 'two');
        const third = await commit(store, 'a', 'three');
        assert.equal(third.head.version, 3);
        assert.equal(third.previousHash, hashOf('one'));
        assert.deepEqual(
          (await wholeLog(store)).map((change) => change.head.version),
          [1, 2, 3],
        );
      }));

    it('writing what is there already is no change and answers the change that made it', () =>
      withStore(adapter, { logRetention: 2 }, async ({ store }) => {
        await makeSpace(store);
        const first = await commit(store, 'a', 'one', { writer: ANN, audience: [BEN] });
        for (const name of ['b', 'c', 'd']) await commit(store, name, name);
        for (const condition of [
          { kind: 'always' as const },
          { kind: 'absent' as const },
          { kind: 'matches' as const, dataHash: hashOf('something else') },
        ]) {
          const again = await store.spaces.commit(write('a', 'one', { timestampMs: 5, condition }));
          assert.deepEqual(again, { kind: 'committed', change: first, durability: adapter.durability });
        }
        assert.equal((await store.spaces.bounds(SPACE, 0)).high, 4);
      }));

    it('other edges, or the same in another order, are a change', () =>
      withStore(adapter, {}, async ({ store }) => {
        await makeSpace(store);
        const [part, link] = [
          { item: item('x'), kind: 'part' as const },
          { item: item('x'), kind: 'link' as const },
        ];
        const writes = [[], [part], [link], [part, link], [link, part]];
        for (const [index, edges] of writes.entries()) {
          assert.equal((await commit(store, 'a', 'one', { edges })).head.version, index + 1);
        }
      }));

    it('holds conditions against the current content', () =>
      withStore(adapter, {}, async ({ store }) => {
        await makeSpace(store);
        await Promise.all(['one', 'two', 'three'].map((content) => putBlob(store, content)));
        const matches = (content: string) => ({ kind: 'matches' as const, dataHash: hashOf(content) });
        const absent = { kind: 'absent' as const };
        const attempt = async (
          content: string | null,
          condition: ReturnType<typeof matches> | typeof absent,
        ) => {
          const result = await store.spaces.commit(write('a', content, { condition }));
          return result.kind === 'committed' ? result.change.head.version : result.current?.dataHash;
        };
        assert.equal(await attempt('one', matches('one')), undefined, 'nothing there to match');
        assert.equal(await attempt('one', absent), 1);
        assert.equal(await attempt('two', absent), hashOf('one'));
        assert.equal(await attempt('two', matches('three')), hashOf('one'));
        assert.equal(await attempt('two', matches('one')), 2);
        assert.equal(await attempt(null, matches('one')), hashOf('two'));
        assert.equal(await attempt(null, matches('two')), 3);
        assert.equal(await attempt('two', matches('two')), null, 'deleted');
        assert.equal(await attempt('one', absent), 4);
      }));

    it('a delete leaves a head without content, and deleting again finds nothing', () =>
      withStore(adapter, {}, async ({ store }) => {
        await makeSpace(store);
        assert.deepEqual(await store.spaces.commit(write('a', null)), { kind: 'conflict', current: null });
        await commit(store, 'a', 'one', { edges: [{ item: item('b'), kind: 'part' }] });
        const gone = await commit(store, 'a', null, { timestampMs: 7, writer: BEN });
        assert.deepEqual(gone.head, {
          item: item('a'),
          shard: 0,
          version: 2,
          dataHash: null,
          sizeBytes: 0,
          timestampMs: 7,
          edges: [],
        });
        assert.equal(gone.previousHash, hashOf('one'));
        assert.deepEqual(await store.spaces.head(SPACE, item('a')), gone.head);
        assert.deepEqual(await store.spaces.commit(write('a', null)), {
          kind: 'conflict',
          current: gone.head,
        });
        const back = await commit(store, 'a', 'one');
        assert.equal(back.head.version, 3);
        assert.equal(back.previousHash, null);
      }));

    it('remembers a delete as long as it is in the log', () =>
      withStore(adapter, { logRetention: 3 }, async ({ store }) => {
        await makeSpace(store);
        await commit(store, 'a', 'one');
        await commit(store, 'a', null);
        await commit(store, 'back', 'one');
        await commit(store, 'back', null);
        assert.equal((await store.spaces.head(SPACE, item('a')))?.dataHash, null);
        await commit(store, 'back', 'two');
        assert.equal(await store.spaces.head(SPACE, item('a')), null, 'its entry is gone');
        for (const name of ['c', 'd', 'e']) await commit(store, name, name);
        assert.equal((await store.spaces.head(SPACE, item('back')))?.dataHash, hashOf('two'), 'it came back');
      }));

    it('remembers the latest delete, not the first', () =>
      withStore(adapter, { logRetention: 3 }, async ({ store }) => {
        await makeSpace(store);
        for (const content of ['one', null, 'two', null]) await commit(store, 'a', content);
        await commit(store, 'b', 'x');
        assert.equal(
          (await store.spaces.head(SPACE, item('a')))?.version,
          4,
          'the first delete left the log',
        );
        await commit(store, 'b', 'y');
        await commit(store, 'b', 'z');
        assert.equal(await store.spaces.head(SPACE, item('a')), null);
      }));

    it('heads come in the order asked for, null for what never was', () =>
      withStore(adapter, {}, async ({ store }) => {
        await makeSpace(store, 8);
        for (const name of ['a', 'b', 'c']) await commit(store, name, name);
        const asked = ['c', 'nowhere', 'a', 'c'].map(item);
        const heads = await store.spaces.heads(SPACE, asked);
        assert.deepEqual(
          heads.map((head) => head?.dataHash ?? null),
          [hashOf('c'), null, hashOf('a'), hashOf('c')],
        );
        assert.deepEqual(await store.spaces.heads(SPACE, []), []);
      }));

    it('keeps the newest entries of a log and says where it begins', () =>
      withStore(adapter, { logRetention: 5 }, async ({ store }) => {
        await makeSpace(store);
        const empty = await store.spaces.readLog(SPACE, 0, 0, 10);
        assert.deepEqual([empty.kind, empty.bounds.low, empty.bounds.high], ['page', 0, 0]);
        for (let index = 1; index <= 12; index++) await commit(store, 'a', `${index}`);
        const { epoch } = empty.bounds;
        const bounds = { epoch, low: 7, high: 12 };
        assert.deepEqual(await store.spaces.bounds(SPACE, 0), bounds);
        assert.deepEqual(await store.spaces.readLog(SPACE, 0, 6, 10), { kind: 'compacted', bounds });
        const versions = async (after: number, limit: number) => {
          const page = await store.spaces.readLog(SPACE, 0, after, limit);
          return page.kind === 'page' && page.changes.map((change) => change.head.version);
        };
        assert.deepEqual(await versions(7, 10), [8, 9, 10, 11, 12]);
        assert.deepEqual(await versions(9, 2), [10, 11]);
        assert.deepEqual(await versions(12, 10), []);
        assert.deepEqual(await versions(99, 10), []);
      }));

    it('concurrent writes get different versions, without a hole', () =>
      withStore(adapter, {}, async ({ store }) => {
        await makeSpace(store);
        await putBlob(store, 'x');
        const names = Array.from({ length: 300 }, (_, index) => `n${index}`);
        const results = await Promise.all(names.map((name) => store.spaces.commit(write(name, 'x'))));
        const versions = results.map((result) =>
          result.kind === 'committed' ? result.change.head.version : 0,
        );
        assert.deepEqual(
          versions.sort((a, b) => a - b),
          names.map((_, index) => index + 1),
        );
        assert.equal((await wholeLog(store)).length, 300);
      }));

    it('of concurrent writes with the same condition one wins', () =>
      withStore(adapter, {}, async ({ store }) => {
        await makeSpace(store);
        const contents = Array.from({ length: 20 }, (_, index) => `content ${index}`);
        await Promise.all(contents.map((content) => putBlob(store, content)));
        const condition = { kind: 'absent' as const };
        const results = await Promise.all(
          contents.map((content) => store.spaces.commit(write('a', content, { condition }))),
        );
        assert.equal(results.filter((result) => result.kind === 'committed').length, 1);
      }));

    it('does not know a space that was never made', () =>
      withStore(adapter, {}, async ({ store }) => {
        const unknown = { code: 'SPACE_UNKNOWN' };
        await putBlob(store, 'x');
        await assert.rejects(store.spaces.commit(write('a', 'x')), unknown);
        await assert.rejects(store.spaces.head(SPACE, item('a')), unknown);
        await assert.rejects(store.spaces.heads(SPACE, [item('a')]), unknown);
        await assert.rejects(store.spaces.list(SPACE, '', '', 1), unknown);
        await assert.rejects(store.spaces.bounds(SPACE, 0), unknown);
        await assert.rejects(store.spaces.readLog(SPACE, 0, 0, 1), unknown);
        await assert.rejects(store.spaces.readFeed(SPACE, 0, 1), unknown);
        await assert.rejects(store.spaces.saveSnapshot(SPACE, 'n', 1, new Uint8Array()), unknown);
        await assert.rejects(store.spaces.loadSnapshot(SPACE, 'n'), unknown);
      }));

    it('the snapshot with the highest offset wins', () =>
      withStore(adapter, {}, async ({ store }) => {
        await makeSpace(store);
        assert.equal(await store.spaces.loadSnapshot(SPACE, 'statistics'), null);
        const save = (offset: number, text: string) =>
          store.spaces.saveSnapshot(SPACE, 'statistics', offset, Buffer.from(text));
        await save(5, 'five');
        await save(4, 'four');
        const loaded = async () => {
          const snapshot = await store.spaces.loadSnapshot(SPACE, 'statistics');
          return snapshot === null ? null : [snapshot.offset, Buffer.from(snapshot.bytes).toString()];
        };
        assert.deepEqual(await loaded(), [5, 'five']);
        await save(5, 'five again');
        assert.deepEqual(await loaded(), [5, 'five again']);
        await save(6, '');
        assert.deepEqual(await loaded(), [6, '']);
        assert.equal(await store.spaces.loadSnapshot(SPACE, 'other'), null);
      }));
  });
}
