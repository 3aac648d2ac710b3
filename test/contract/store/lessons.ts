import assert from 'node:assert/strict';
import { LESSON_BYTES } from '../../../src/domain/lesson-log.js';
import { spaceId } from '../../../src/domain/ids.js';
import type { Adapter } from './harness.js';
import { makeSpace, SPACE, withStore } from './harness.js';

const ONE = '1'.repeat(32);
const TWO = 'ab'.repeat(16);
const bytes = (length: number, value = 7): Uint8Array => new Uint8Array(length).fill(value);

/** What nodes tell each other of what they learned. */
export function lessonsSuite(adapter: Adapter): void {
  describe('lessons', () => {
    it('come back in order, each with who told it and byte by byte, page by page, space by space', () =>
      withStore(adapter, {}, async ({ store }) => {
        const other = spaceId('other');
        await Promise.all([makeSpace(store), makeSpace(store, 1, other)]);
        assert.deepEqual(await store.spaces.readLessons(SPACE, 0, 10), { lessons: [], low: 0, high: 0 });
        const every = Uint8Array.from({ length: 256 }, (_, value) => value);
        await store.spaces.tell(SPACE, ONE, every);
        await store.spaces.tell(SPACE, TWO, bytes(1));
        await store.spaces.tell(SPACE, ONE, bytes(3));
        await store.spaces.tell(other, ONE, bytes(5));
        const { lessons, ...bounds } = await store.spaces.readLessons(SPACE, 0, 2);
        assert.deepEqual(bounds, { low: 0, high: 3 });
        assert.deepEqual(lessons, [
          { offset: 1, teller: ONE, bytes: every },
          { offset: 2, teller: TWO, bytes: bytes(1) },
        ]);
        const rest = await store.spaces.readLessons(SPACE, 2, 10);
        assert.deepEqual(rest.lessons, [{ offset: 3, teller: ONE, bytes: bytes(3) }]);
        assert.deepEqual((await store.spaces.readLessons(SPACE, 9, 10)).lessons, []);
        assert.equal((await store.spaces.readLessons(other, 0, 10)).high, 1);
      }));

    it('are bounded by number and by bytes; the newest stays in any case', () =>
      withStore(adapter, { lessonRetention: 3, lessonBytes: 100 }, async ({ store }) => {
        await makeSpace(store);
        const kept = async (): Promise<unknown> => {
          const { lessons, low, high } = await store.spaces.readLessons(SPACE, 0, 10);
          assert.deepEqual(
            lessons.map(({ offset }) => offset),
            Array.from({ length: high - low }, (_, place) => low + 1 + place),
          );
          return [low, high];
        };
        for (let told = 0; told < 5; told++) await store.spaces.tell(SPACE, ONE, bytes(10));
        assert.deepEqual(await kept(), [2, 5]);
        await store.spaces.tell(SPACE, ONE, bytes(80));
        assert.deepEqual(await kept(), [3, 6], 'exactly as many bytes');
        await store.spaces.tell(SPACE, ONE, bytes(15));
        assert.deepEqual(await kept(), [5, 7]);
        await store.spaces.tell(SPACE, ONE, bytes(101));
        assert.deepEqual(await kept(), [7, 8]);
        await store.spaces.tell(SPACE, ONE, bytes(1));
        assert.deepEqual(await kept(), [8, 9]);
      }));

    it('that are told at the same time are all there', () =>
      withStore(adapter, {}, async ({ store }) => {
        await makeSpace(store);
        const told = Array.from({ length: 40 }, (_, value) =>
          store.spaces.tell(SPACE, ONE, bytes(2, value + 1)),
        );
        await Promise.all(told);
        const { lessons, high } = await store.spaces.readLessons(SPACE, 0, 100);
        assert.equal(high, 40);
        assert.equal(new Set(lessons.map((one) => one.bytes[0])).size, 40);
      }));

    it('that are none are refused', () =>
      withStore(adapter, {}, async ({ store }) => {
        await assert.rejects(store.spaces.tell(SPACE, ONE, bytes(1)), { code: 'SPACE_UNKNOWN' });
        await assert.rejects(store.spaces.readLessons(SPACE, 0, 1), { code: 'SPACE_UNKNOWN' });
        await makeSpace(store);
        for (const [field, limit, teller, size] of [
          ['teller', '32', 'a}{b', 1],
          ['bytes.length', '1', ONE, 0],
          ['bytes.length', `${LESSON_BYTES}`, ONE, LESSON_BYTES + 1],
        ] as const) {
          const refusal = { code: 'FIELD_INVALID', details: { field, facts: { limit } } };
          await assert.rejects(store.spaces.tell(SPACE, teller, bytes(size)), refusal);
        }
      }));
  });
}
