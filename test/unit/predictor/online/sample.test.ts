import assert from 'node:assert/strict';
import fc from 'fast-check';
import { sample } from '../../../../src/predictor/online/sample.js';
import { seededRandom } from '../../../../src/util/seeded-random.js';

describe('sample', () => {
  it('takes the best for themselves, and others that stand for all the rest', () => {
    const scores = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 60 });
    const none: readonly boolean[] = [];
    fc.assert(
      fc.property(scores, fc.integer(), (all, seed) => {
        const sampled = sample(all, none, { best: 16, others: 8 }, seededRandom(seed));
        const places = sampled.map(({ place }) => place);
        assert.equal(new Set(places).size, places.length);
        assert.equal(places.length, Math.min(24, all.length));
        const weight = sampled.reduce((sum, one) => sum + one.weight, 0);
        assert.ok(Math.abs(weight - all.length) < 1e-9);
        const worst = Math.min(...places.slice(0, 16).map((place) => all[place] ?? 0));
        for (const place of places.slice(16)) assert.ok((all[place] ?? 0) <= worst);
      }),
    );
  });

  it('takes all that was pushed, each for itself', () => {
    const candidates = fc.array(fc.record({ score: fc.double({ noNaN: true }), pushed: fc.boolean() }), {
      maxLength: 60,
    });
    fc.assert(
      fc.property(candidates, fc.integer(), (all, seed) => {
        const pushed = all.map((candidate) => candidate.pushed);
        const scores = all.map(({ score }) => score);
        const sampled = sample(scores, pushed, { best: 4, others: 2 }, seededRandom(seed));
        const alone = sampled.filter(({ weight }) => weight === 1).map(({ place }) => place);
        for (const [place, isPushed] of pushed.entries()) if (isPushed) assert.ok(alone.includes(place));
        const weight = sampled.reduce((sum, one) => sum + one.weight, 0);
        assert.ok(Math.abs(weight - all.length) < 1e-9);
      }),
    );
  });
});
