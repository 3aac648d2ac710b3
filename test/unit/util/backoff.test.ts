import assert from 'node:assert/strict';
import fc from 'fast-check';
import { fullJitter } from '../../../src/util/backoff.js';

const rules = { baseMs: 100, maxMs: 1000, factor: 2 };
const ALMOST_ONE = 1 - Number.EPSILON;
const belowOne = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });

describe('util/backoff', () => {
  it('doubles the ceiling up to the longest wait', () => {
    const ceilings = [0, 1, 2, 3, 4, 5].map((attempt) => fullJitter(rules, attempt, ALMOST_ONE));
    assert.deepEqual(ceilings, [99, 199, 399, 799, 999, 999]);
  });

  it('waits anything from nothing to the ceiling', () => {
    assert.equal(fullJitter(rules, 3, 0), 0);
    assert.equal(fullJitter(rules, 3, 0.5), 400);
    assert.equal(fullJitter(rules, 3, 0.9999), 799);
  });

  it('stays finite, whole and below the longest wait after any number of attempts', () => {
    fc.assert(
      fc.property(fc.nat(100_000), belowOne, (attempt, random) => {
        const wait = fullJitter(rules, attempt, random);
        assert.ok(Number.isInteger(wait) && wait >= 0 && wait < rules.maxMs, `${wait}`);
      }),
    );
  });
});
