import assert from 'node:assert/strict';
import { setImmediate } from 'node:timers/promises';
import { spaceId } from '../../../src/domain/ids.js';
import type { Store } from '../../../src/domain/store-port.js';
import { shardOf } from '../../../src/store/shards.js';
import type { Adapter } from './harness.js';
import { commit, item, makeSpace, putBlob, SPACE, wholeLog, withStore, write } from './harness.js';

/** Wake-ups, and what a closed store answers. */
export function wakeUpsSuite(adapter: Adapter): void {
  describe('wake-ups', () => {
    it('ring each shard once at the start, then those that grew', () =>
      withStore(adapter, {}, async ({ store }) => {
        await makeSpace(store, 4);
        const wakes = listen(store);
        assert.deepEqual(await take(wakes, 4), [0, 1, 2, 3]);
        await commit(store, 'a', 'one');
        assert.deepEqual(await take(wakes, 1), [shardOf(item('a'), 4)]);
      }));

    it('wake a reader that waits already', () =>
      withStore(adapter, {}, async ({ store }) => {
        await makeSpace(store);
        const wakes = listen(store);
        await take(wakes, 1);
        const waiting = wakes.next();
        await commit(store, 'a', 'one');
        assert.deepEqual(await waiting, { value: 0 });
      }));

    it('coalesce: one pending a shard, however many changes', () =>
      withStore(adapter, {}, async ({ store }) => {
        await makeSpace(store, 2);
        const wakes = listen(store);
        await take(wakes, 2);
        for (let index = 0; index < 50; index++) await commit(store, `n${index}`, 'x');
        assert.deepEqual((await take(wakes, 2)).sort(), [0, 1]);
        assert.equal(await isPending(wakes.next()), true);
      }));

    it('do not ring for what is no change', () =>
      withStore(adapter, {}, async ({ store }) => {
        await makeSpace(store);
        await commit(store, 'a', 'one');
        await makeSpace(store, 1, spaceId('other'));
        const wakes = listen(store);
        await take(wakes, 1);
        await commit(store, 'a', 'one');
        await store.spaces.commit(write('a', 'one', { condition: { kind: 'absent' } }));
        await store.spaces.commit(write('b', null));
        await commit(store, 'a', 'two', { space: spaceId('other') });
        assert.equal(await isPending(wakes.next()), true);
      }));

    it('reach several readers, each on its own', () =>
      withStore(adapter, {}, async ({ store }) => {
        await makeSpace(store);
        const [fast, slow] = [listen(store), listen(store)];
        await take(fast, 1);
        await commit(store, 'a', 'one');
        await take(fast, 1);
        await commit(store, 'a', 'two');
        assert.deepEqual(await take(fast, 1), [0]);
        assert.deepEqual(await take(slow, 1), [0]);
        assert.equal(await isPending(slow.next()), true);
      }));

    it('a reader that reads the log on every wake-up misses nothing', () =>
      withStore(adapter, {}, async ({ store }) => {
        await makeSpace(store);
        await putBlob(store, 'x');
        const seen: number[] = [];
        const following = (async () => {
          for await (const shard of store.spaces.wakeUps(SPACE, AbortSignal.timeout(30_000))) {
            const page = await store.spaces.readLog(SPACE, shard, seen.length, 1000);
            if (page.kind === 'page') seen.push(...page.changes.map((change) => change.head.version));
            if (seen.length >= 200) break;
          }
        })();
        for (let index = 0; index < 20; index++) {
          const names = Array.from({ length: 10 }, (_, inner) => `${index}/${inner}`);
          await Promise.all(names.map((name) => store.spaces.commit(write(name, 'x'))));
        }
        await following;
        assert.deepEqual(
          seen,
          (await wholeLog(store)).map((change) => change.head.version),
        );
      }));

    it('end with the signal, with the reader, even one that waits, and before the start', () =>
      withStore(adapter, {}, async ({ store }) => {
        await makeSpace(store);
        const done = { value: undefined, done: true };
        const controller = new AbortController();
        const signalled = listen(store, controller.signal);
        await take(signalled, 1);
        const waiting = signalled.next();
        controller.abort();
        assert.deepEqual([await waiting, await signalled.next()], [done, done]);
        const left = listen(store);
        await take(left, 1);
        const leaving = left.next();
        await left.return?.();
        assert.deepEqual([await leaving, await left.next()], [done, done]);
        assert.deepEqual(await listen(store, AbortSignal.abort()).next(), done);
      }));

    it('of a space that is made later ring when it grows', () =>
      withStore(adapter, {}, async ({ store }) => {
        const wakes = listen(store);
        const waiting = wakes.next();
        await makeSpace(store);
        await commit(store, 'a', 'one');
        assert.deepEqual(await waiting, { value: 0 });
      }));
  });

  describe('a closed store', () => {
    it('answers STORE_UNAVAILABLE to everything', () =>
      withStore(adapter, {}, async ({ store }) => {
        await makeSpace(store);
        const wakes = listen(store);
        await take(wakes, 1);
        const waiting = wakes.next();
        const closed = { code: 'STORE_UNAVAILABLE' };
        await Promise.all([assert.rejects(waiting, closed), store.close()]);
        await store.close();
        await assert.rejects(wakes.next(), closed);
        await assert.rejects(listen(store).next(), closed);
        await assert.rejects(store.spaces.meta(SPACE), closed);
        await assert.rejects(store.spaces.ensure(spaceId('new'), 1), closed);
        await assert.rejects(store.spaces.commit(write('a', null)), closed);
        await assert.rejects(putBlob(store, 'x'), closed);
      }));
  });
}

function listen(store: Store, signal = new AbortController().signal): AsyncIterator<number> {
  return store.spaces.wakeUps(SPACE, signal)[Symbol.asyncIterator]();
}

async function take(wakes: AsyncIterator<number>, count: number): Promise<number[]> {
  const taken: number[] = [];
  while (taken.length < count) {
    const wake = await wakes.next();
    assert.notEqual(wake.done, true);
    taken.push(wake.value as number);
  }
  return taken;
}

async function isPending(promise: Promise<unknown>): Promise<boolean> {
  const pending = Symbol('pending');
  await setImmediate();
  return (await Promise.race([promise, Promise.resolve(pending)])) === pending;
}
