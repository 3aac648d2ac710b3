import assert from 'node:assert/strict';
import fc from 'fast-check';
import { Learner, probability } from '../../../../src/predictor/online/learner.js';
import { seededRandom } from '../../../../src/util/seeded-random.js';

describe('Learner', () => {
  it('starts as exactly its first column', () => {
    const learner = new Learner(3);
    assert.equal(learner.logit(Float32Array.of(-1.5, 3, 4), 0), -1.5);
  });

  it('learns which column tells, and how often anything comes true', () => {
    const learner = new Learner(3);
    const random = seededRandom(2);
    for (let count = 0; count < 20_000; count++) {
      const row = Float32Array.of(0, random() < 0.5 ? 1 : -1, random() < 0.5 ? 1 : -1);
      const share = row[1] === 1 ? 0.3 : 0.05;
      learner.learn(row, random() < share, 1);
    }
    const likely = probability(learner.logit(Float32Array.of(0, 1, 1), 0));
    const unlikely = probability(learner.logit(Float32Array.of(0, -1, 1), 0));
    assert.ok(Math.abs(likely - 0.3) < 0.06 && unlikely > 0.03 && unlikely < 0.13, `${likely} ${unlikely}`);
  });

  it('stays finite whatever it is given', () => {
    const example = fc.record({
      row: fc.array(fc.double({ min: -30, max: 30, noNaN: true }), { minLength: 3, maxLength: 3 }),
      opened: fc.boolean(),
      weight: fc.double({ min: 1, max: 1e6, noNaN: true }),
    });
    fc.assert(
      fc.property(fc.array(example), (examples) => {
        const learner = new Learner(3);
        for (const { row, opened, weight } of examples) learner.learn(Float32Array.from(row), opened, weight);
        const score = probability(learner.logit(Float32Array.of(30, 30, -30), 0));
        assert.ok(score >= 0 && score <= 1);
      }),
    );
  });
});
