import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { ForesyncError } from '../../../../src/domain/errors.js';
import { spaceId } from '../../../../src/domain/ids.js';
import type { LessonLog } from '../../../../src/domain/lesson-log.js';
import type { Store } from '../../../../src/domain/store-port.js';
import { Lessons } from '../../../../src/session/space/lessons.js';
import { openStore } from '../../../../src/store/open.js';
import { storeLimits } from '../../../../src/store/options.js';
import { openMemory } from '../../../../src/store/memory.js';

const SPACE = spaceId('notes');
const clock = { now: () => 1_800_000_000_000 };

/** Adds up numbers, and tells those that it learned by itself. */
class Sums {
  sum = 0;
  own = 0;

  learn(number: number): void {
    this.sum += number;
    this.own += number;
  }

  lesson(): Uint8Array | null {
    const { own } = this;
    this.own = 0;
    return own === 0 ? null : Uint8Array.of(own);
  }

  taught([number = 0]: Uint8Array): void {
    if (number === 255) throw new ForesyncError('STORE_CORRUPT', 'damaged');
    this.sum += number;
  }
}

describe('session/space/lessons', () => {
  const faults: string[] = [];
  const onCorrupt = ({ code }: ForesyncError): void => void faults.push(code);
  const nodeOf = (store: { readonly spaces: LessonLog }, name: string, after = 0, saved = 0) => {
    const engine = new Sums();
    const fallenBehind = (): Promise<number> => Promise.resolve(saved);
    const { spaces } = store;
    const telling = { space: SPACE, spaces, engine, teller: name.repeat(32), after, fallenBehind, onCorrupt };
    return { engine, lessons: new Lessons(telling) };
  };
  const world = async (lessonRetention = 100): Promise<Store> => {
    const limits = storeLimits({ lessonRetention });
    const store = openMemory(limits, { clock, randomBytes });
    await store.spaces.ensure(SPACE, 1);
    return store;
  };

  it('reach every node once, and not who told them', async () => {
    const store = await world();
    const [a, b, c] = [nodeOf(store, 'a'), nodeOf(store, 'b'), nodeOf(store, 'c')];
    a.engine.learn(1);
    b.engine.learn(2);
    await Promise.all([a.lessons.exchange(), b.lessons.exchange(), a.lessons.exchange()]);
    for (const one of [a, b, c, a]) await one.lessons.exchange();
    assert.deepEqual([a.engine.sum, b.engine.sum, c.engine.sum], [3, 3, 3]);
    assert.equal((await store.spaces.readLessons(SPACE, 0, 10)).high, 2, 'nothing learned, nothing told');
    const late = nodeOf(store, 'd', 1);
    await late.lessons.exchange();
    assert.deepEqual([late.engine.sum, late.lessons.after], [2, 2], 'after its start');
    await store.close();
  });

  it('are read page by page; a damaged one is left out and said', async () => {
    const store = await world();
    const reader = nodeOf(store, 'a');
    for (let told = 0; told < 70; told++)
      await store.spaces.tell(SPACE, 'b'.repeat(32), Uint8Array.of(told === 5 ? 255 : 1));
    faults.length = 0;
    await reader.lessons.exchange();
    assert.deepEqual([reader.engine.sum, reader.lessons.after, faults], [69, 70, ['STORE_CORRUPT']]);
    await store.close();
  });

  it('that are gone are made up for by what was saved, as far as that goes', async () => {
    const store = await world(3);
    for (let told = 0; told < 10; told++) await store.spaces.tell(SPACE, 'b'.repeat(32), Uint8Array.of(1));
    const [without, saved] = [nodeOf(store, 'a'), nodeOf(store, 'c', 0, 9)];
    for (const { lessons } of [without, saved]) await lessons.exchange();
    assert.deepEqual([without.engine.sum, without.lessons.after], [3, 10]);
    assert.deepEqual([saved.engine.sum, saved.lessons.after], [1, 10]);
    await store.close();
  });

  it('that were lost begin anew', async () => {
    const store = await openStore({ url: 'memory:' }, { clock, randomBytes });
    await store.spaces.ensure(SPACE, 1);
    const [ahead, other] = [nodeOf(store, 'a', 50), nodeOf(store, 'b')];
    other.engine.learn(3);
    await other.lessons.exchange();
    await ahead.lessons.exchange();
    assert.equal(ahead.engine.sum, 3, 'from their beginning');
    other.engine.learn(4);
    await other.lessons.exchange();
    await ahead.lessons.exchange();
    assert.equal(ahead.engine.sum, 7);
    await store.close();
  });

  it('that cannot be told are known here alone', async () => {
    const store = await world();
    let isAway = true;
    const tell: LessonLog['tell'] = (...told) =>
      isAway ? Promise.reject(new ForesyncError('STORE_UNAVAILABLE', 'away')) : store.spaces.tell(...told);
    const spaces: LessonLog = { tell, readLessons: (...asked) => store.spaces.readLessons(...asked) };
    const [a, b] = [nodeOf({ spaces }, 'a'), nodeOf(store, 'b')];
    a.engine.learn(1);
    await assert.rejects(a.lessons.exchange(), { code: 'STORE_UNAVAILABLE' });
    isAway = false;
    a.engine.learn(2);
    await a.lessons.exchange();
    await b.lessons.exchange();
    assert.deepEqual([a.engine.sum, b.engine.sum], [3, 2]);
    await store.close();
  });
});
