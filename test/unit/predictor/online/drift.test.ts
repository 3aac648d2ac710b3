import assert from 'node:assert/strict';
import fc from 'fast-check';
import { Drift } from '../../../../src/predictor/online/drift.js';
import { seededRandom } from '../../../../src/util/seeded-random.js';

/** Pushes at a score of which a share is opened. */
function pushes(drift: Drift, count: number, score: number, share: number): void {
  const random = seededRandom(3);
  for (let push = 0; push < count; push++) {
    drift.pushed(score);
    if (random() < share) drift.opened();
  }
}

const corrected = (drift: Drift, score: number): number => drift.correct(Float64Array.of(score))[0] ?? NaN;

describe('Drift', () => {
  it('leaves scores as they are until it has seen pushes', () => {
    assert.deepEqual(new Drift().correct(Float64Array.of(0, 0.25, 1)), Float64Array.of(0, 0.25, 1));
  });

  it('comes near to how often pushes are opened, and forgets how it was before', () => {
    const drift = new Drift();
    pushes(drift, 2000, 0.1, 0.2);
    const after = corrected(drift, 0.1);
    assert.ok(after > 0.14 && after < 0.22, `${after}`);
    pushes(drift, 4000, 0.1, 0.05);
    assert.ok(corrected(drift, 0.1) < 0.09, `${corrected(drift, 0.1)}`);
  });

  it('keeps the order, and probabilities between 0 and 1', () => {
    const score = fc.double({ min: 0, max: 1, noNaN: true });
    fc.assert(
      fc.property(fc.array(fc.tuple(score, fc.boolean())), score, score, (seen, one, other) => {
        const drift = new Drift();
        for (const [at, opened] of seen) {
          drift.pushed(at);
          if (opened) drift.opened();
        }
        const [low = NaN, high = NaN] = drift.correct(
          Float64Array.of(Math.min(one, other), Math.max(one, other)),
        );
        assert.ok(low >= 0 && low <= high && high <= 1 + 1e-12);
      }),
    );
  });
});
