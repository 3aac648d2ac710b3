import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import type { Store } from '../../../src/domain/store-port.js';
import type { Adapter } from './harness.js';
import { commit, hashOf, item, makeSpace, pieces, putBlob, SPACE, withStore, write } from './harness.js';

const GRACE = 60_000;

/** Contents by their hash, and how long they stay. */
export function blobsSuite(adapter: Adapter): void {
  describe('blobs', () => {
    it('are read back by range, whatever their size and the pieces that they came in', () =>
      withStore(adapter, {}, async ({ store }) => {
        const sizes = [0, 1, 1000, 256 * 1024 - 1, 256 * 1024, 256 * 1024 + 1, 1024 * 1024, 3_000_001];
        for (const size of sizes) {
          const content = randomBytes(size);
          const hash = await putBlob(store, content, 70_001);
          assert.equal(hash, hashOf(content));
          assert.equal(await store.blobs.has(hash), true);
          const ranges = [
            [0, size],
            [0, 10],
            [size - 5, 100],
            [1000, 300_000],
            [size, 1],
            [size + 9, 9],
            [3, 0],
          ] as const;
          for (const [offset, length] of ranges) {
            const from = Math.max(0, offset);
            const bytes = await store.blobs.read(hash, from, length);
            assert.ok(
              bytes !== null && content.subarray(from, from + length).equals(bytes),
              `${size} ${offset}`,
            );
          }
        }
      }));

    it('come whole out of any pieces', () =>
      withStore(adapter, {}, async ({ store }) => {
        const size = fc.integer({ min: 1, max: 700_000 });
        await fc.assert(
          fc.asyncProperty(size, size, size, size, async (bytes, piece, offset, length) => {
            const content = randomBytes(bytes);
            const hash = await putBlob(store, content, piece);
            const read = await store.blobs.read(hash, offset, length);
            assert.ok(read !== null && content.subarray(offset, offset + length).equals(read));
          }),
          { numRuns: 15 },
        );
      }));

    it('are not there before they were put', () =>
      withStore(adapter, {}, async ({ store }) => {
        assert.equal(await store.blobs.has(hashOf('x')), false);
        assert.equal(await store.blobs.read(hashOf('x'), 0, 1), null);
        await store.blobs.remove(hashOf('x'));
      }));

    it('of a wrong size or hash leave nothing behind', () =>
      withStore(adapter, {}, async ({ store }) => {
        const content = randomBytes(2_500_000);
        const put = (sizeBytes: number, expected: string | null) =>
          store.blobs.put(pieces(content, 100_000), sizeBytes, expected === null ? null : hashOf(expected));
        const wrong = (field: string) => (error: unknown) => {
          const { code, details } = error as { code: string; details: { field: string } };
          return code === 'HASH_MISMATCH' && details.field === field;
        };
        await assert.rejects(put(content.length - 1, null), wrong('size_bytes'));
        await assert.rejects(put(content.length + 1, null), wrong('size_bytes'));
        await assert.rejects(put(content.length, 'something else'), wrong('data_hash'));
        assert.equal(await store.blobs.has(hashOf(content)), false);
        assert.equal(await put(content.length, null), hashOf(content));
      }));

    it('stop being read as soon as there is too much', () =>
      withStore(adapter, {}, async ({ store }) => {
        let [given, ended] = [0, false];
        async function* endless(): AsyncGenerator<Uint8Array> {
          try {
            for (;;) {
              given++;
              yield await Promise.resolve(new Uint8Array(1000));
            }
          } finally {
            ended = true;
          }
        }
        await assert.rejects(store.blobs.put(endless(), 5000, null), { code: 'HASH_MISMATCH' });
        assert.deepEqual([given, ended], [6, true]);
      }));

    it('whose sender fails leave nothing behind, and the sender’s error comes out', () =>
      withStore(adapter, {}, async ({ store }) => {
        const content = randomBytes(3_000_000);
        async function* broken(): AsyncGenerator<Uint8Array> {
          yield* pieces(content.subarray(0, 2_000_000), 64 * 1024);
          throw new Error('the stream broke');
        }
        await assert.rejects(store.blobs.put(broken(), content.length, null), /the stream broke/);
        assert.equal(await store.blobs.has(hashOf(content)), false);
      }));

    it('put again, by many at once, are one', () =>
      withStore(adapter, {}, async ({ store }) => {
        const content = randomBytes(1_500_000);
        const hash = hashOf(content);
        const puts = Array.from({ length: 4 }, (_, index) =>
          store.blobs.put(pieces(content, 99_999), content.length, index % 2 === 0 ? hash : null),
        );
        assert.deepEqual(new Set(await Promise.all(puts)), new Set([hash]));
        assert.equal(await store.blobs.put(pieces(content, 5000), content.length, hash), hash);
        const lie = store.blobs.put(pieces(randomBytes(content.length), 5000), content.length, hash);
        await assert.rejects(lie, { code: 'HASH_MISMATCH' });
        await store.blobs.remove(hash);
        assert.equal(await store.blobs.read(hash, 0, 1), null);
      }));

    it('that a head names stay, and a head names only what is there, in its size', () =>
      withStore(adapter, { blobGraceMs: GRACE }, async ({ store, clock }) => {
        await makeSpace(store);
        await assert.rejects(store.spaces.commit(write('a', 'one')), {
          code: 'FIELD_INVALID',
          details: { field: 'data_hash', facts: { limit: '0' } },
        });
        await putBlob(store, 'one');
        await assert.rejects(store.spaces.commit(write('a', 'one', { sizeBytes: 4 })), /size_bytes/);
        await commit(store, 'a', 'one');
        clock.ms += 100 * GRACE;
        await store.blobs.remove(hashOf('one'));
        await putBlob(store, 'other');
        assert.equal(await text(store, 'one'), 'one');
      }));

    it('that a head named last stay for their grace', () =>
      withStore(adapter, { blobGraceMs: GRACE }, async ({ store, clock }) => {
        await makeSpace(store);
        await commit(store, 'a', 'one');
        clock.ms += 10 * GRACE;
        await commit(store, 'a', 'two');
        clock.ms += GRACE;
        assert.equal(await text(store, 'one'), 'one');
        clock.ms += 1;
        assert.equal(await text(store, 'one'), null);
        assert.equal(await store.blobs.has(hashOf('one')), false);
        await assert.rejects(store.spaces.commit(write('a', 'one')), { code: 'FIELD_INVALID' });
        assert.equal(await putBlob(store, 'one'), hashOf('one'));
        assert.equal(await text(store, 'one'), 'one');
      }));

    it('that are put but not named yet have the same grace, each put begins it again', () =>
      withStore(adapter, { blobGraceMs: GRACE }, async ({ store, clock }) => {
        await makeSpace(store);
        await putBlob(store, 'one');
        for (let round = 0; round < 3; round++) {
          clock.ms += GRACE;
          assert.equal(await text(store, 'one'), 'one');
          await store.blobs.put(pieces(Buffer.from('one'), 2), 3, round === 1 ? hashOf('one') : null);
        }
        clock.ms += GRACE;
        await commit(store, 'a', null).catch(() => undefined);
        assert.equal((await store.spaces.commit(write('a', 'one'))).kind, 'committed');
        clock.ms += 5 * GRACE;
        assert.equal(await text(store, 'one'), 'one');
      }));

    it('named by several heads stay until the last one lets go', () =>
      withStore(adapter, { blobGraceMs: GRACE }, async ({ store, clock }) => {
        await makeSpace(store, 4);
        for (const name of ['a', 'b', 'c']) await commit(store, name, 'same');
        await commit(store, 'a', 'other');
        await commit(store, 'b', null);
        await commit(store, 'c', 'same', { edges: [{ item: item('a'), kind: 'link' }] });
        clock.ms += 2 * GRACE;
        assert.equal(await text(store, 'same'), 'same');
        await commit(store, 'c', null);
        clock.ms += 2 * GRACE;
        assert.equal(await text(store, 'same'), null);
        assert.equal(await text(store, 'other'), 'other');
      }));

    it('not committed because of a conflict count for nothing', () =>
      withStore(adapter, { blobGraceMs: GRACE }, async ({ store, clock }) => {
        await makeSpace(store);
        await commit(store, 'a', 'one');
        await putBlob(store, 'two');
        const condition = { kind: 'absent' as const };
        assert.equal((await store.spaces.commit(write('a', 'two', { condition }))).kind, 'conflict');
        await store.spaces.commit(write('a', 'one'));
        await store.spaces.commit(write('a', null));
        clock.ms += 2 * GRACE;
        assert.deepEqual([await text(store, 'one'), await text(store, 'two')], [null, null]);
        assert.equal(await store.spaces.head(SPACE, item('b')), null);
      }));
  });
}

async function text(store: Store, content: string): Promise<string | null> {
  const bytes = await store.blobs.read(hashOf(content), 0, 1000);
  return bytes === null ? null : Buffer.from(bytes).toString();
}
