import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import type { Adapter } from './harness.js';
import {
  ANN,
  commit,
  hashOf,
  item,
  makeSpace,
  PHONE,
  pieces,
  putBlob,
  SPACE,
  wholeLog,
  withStore,
} from './harness.js';

/** What is there when a store is opened again. */
export function persistenceSuite(adapter: Adapter): void {
  describe('opened again', () => {
    it('has everything, under the same epoch', () =>
      withStore(adapter, {}, async ({ store, reopen }) => {
        await makeSpace(store, 3);
        const content = randomBytes(1_300_000);
        const hash = await store.blobs.put(pieces(content, 50_000), content.length, null);
        const change = await commit(store, 'a', 'one', {
          edges: [{ item: item('b'), kind: 'part' }],
          writer: ANN,
        });
        const batch = { space: SPACE, sequence: 1, activities: [] };
        await store.users.apply(ANN, PHONE, batch, { expectedVersion: 0, bytes: Buffer.from('c') });
        await store.spaces.saveSnapshot(SPACE, 'statistics', 1, Buffer.from('s'));
        const again = await reopen();
        const { shard } = change.head;
        assert.deepEqual(await again.spaces.meta(SPACE), { space: SPACE, shards: 3 });
        assert.equal((await again.spaces.bounds(SPACE, shard)).epoch, change.epoch);
        assert.notEqual((await wholeLog(again, shard))[0]?.writer, ANN);
        await again.users.meet(ANN);
        assert.deepEqual(await wholeLog(again, shard), [change]);
        assert.equal(await again.users.sequence(ANN, PHONE), 1);
        assert.deepEqual((await again.spaces.readFeed(SPACE, 0, 9)).entries, [
          { offset: 1, user: ANN, device: PHONE, batch },
        ]);
        assert.equal((await again.spaces.loadSnapshot(SPACE, 'statistics'))?.offset, 1);
        const read = await again.blobs.read(hash, 0, content.length);
        assert.ok(read !== null && content.equals(read));
      }));

    it('with a shorter retention, logs shrink to it as they grow', () =>
      withStore(adapter, { logRetention: 100, feedRetention: 100 }, async ({ store, reopen }) => {
        await makeSpace(store);
        for (let index = 0; index < 40; index++)
          await commit(store, `n${index}`, index === 3 ? 'three' : 'x');
        await commit(store, 'n3', null);
        const again = await reopen({ logRetention: 5 });
        for (let index = 0; index < 20; index++) await commit(again, 'a', `${index}`);
        const { low, high } = await again.spaces.bounds(SPACE, 0);
        assert.deepEqual([low, high, (await wholeLog(again)).length], [56, 61, 5]);
        assert.equal(await again.spaces.head(SPACE, item('n3')), null);
        assert.notEqual(await again.spaces.head(SPACE, item('n4')), null);
      }));

    it('counts the grace of what nobody named by the same clock', () =>
      withStore(adapter, { blobGraceMs: 1000 }, async ({ store, clock, reopen }) => {
        await makeSpace(store);
        await putBlob(store, 'waiting');
        clock.ms += 900;
        let again = await reopen();
        assert.equal(await again.blobs.has(hashOf('waiting')), true);
        clock.ms += 101;
        again = await reopen();
        assert.equal(await again.blobs.has(hashOf('waiting')), false);
      }));
  });
}
