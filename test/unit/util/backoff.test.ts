import assert from 'node:assert/strict';
import fc from 'fast-check';
import { BACKOFF_RULES, backoffCeiling, fullJitter } from '../../../src/util/backoff.js';

const rules = { baseMs: 100, maxMs: 1000, factor: 2 };
const belowOne = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });

describe('util/backoff', () => {
  it('doubles the ceiling up to the longest wait', () => {
    const ceilings = [0, 1, 2, 3, 4, 5].map((attempt) => backoffCeiling(rules, attempt));
    assert.deepEqual(ceilings, [100, 200, 400, 800, 1000, 1000]);
  });

  it('waits anything from nothing to the ceiling', () => {
    assert.equal(fullJitter(rules, 3, 0), 0);
    assert.equal(fullJitter(rules, 3, 0.5), 400);
    assert.equal(fullJitter(rules, 3, 0.9999), 799);
  });

  it('stays finite, whole and below the longest wait after any number of attempts', () => {
    fc.assert(
      fc.property(fc.nat(100_000), belowOne, (attempt, random) => {
        const wait = fullJitter(BACKOFF_RULES, attempt, random);
        assert.ok(Number.isInteger(wait) && wait >= 0 && wait < BACKOFF_RULES.maxMs, `${wait}`);
      }),
    );
  });
});
