import assert from 'node:assert/strict';
import fc from 'fast-check';
import { seededRandom } from '../../../src/util/seeded-random.js';

describe('seededRandom', () => {
  it('gives the same numbers for the same seed, from 0 on and below 1', () => {
    fc.assert(
      fc.property(fc.integer(), (seed) => {
        const one = seededRandom(seed);
        const other = seededRandom(seed);
        for (let count = 0; count < 20; count++) {
          const number = one();
          assert.equal(number, other());
          assert.ok(number >= 0 && number < 1);
        }
      }),
    );
  });

  it('spreads them evenly', () => {
    const random = seededRandom(1);
    const tenths = new Array<number>(10).fill(0);
    for (let count = 0; count < 10_000; count++) {
      const tenth = Math.floor(random() * 10);
      tenths[tenth] = (tenths[tenth] ?? 0) + 1;
    }
    for (const count of tenths) assert.ok(Math.abs(count - 1000) < 150);
  });
});
