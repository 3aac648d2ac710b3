import assert from 'node:assert/strict';
import fc from 'fast-check';
import { Calibrator } from '../../../../src/predictor/online/calibrator.js';
import { probability } from '../../../../src/predictor/online/learner.js';
import { seededRandom } from '../../../../src/util/seeded-random.js';

describe('Calibrator', () => {
  it('moves nothing before it saw anything', () => {
    for (const logit of [-20, -3, 0, 5]) assert.equal(new Calibrator().apply(logit), logit);
  });

  it('takes from what was foretold three times too often', () => {
    const calibrator = new Calibrator();
    const random = seededRandom(3);
    for (let count = 0; count < 20_000; count++) {
      const logit = -4 + 4 * random();
      calibrator.learn(logit, random() < probability(logit) / 3, 1);
    }
    for (const logit of [-3, -2, -1]) {
      const share = probability(calibrator.apply(logit)) / probability(logit);
      assert.ok(share > 0.22 && share < 0.48, `${logit}: ${share}`);
    }
  });

  it('changes no order', () => {
    const outcome = fc.tuple(
      fc.double({ min: -12, max: 6, noNaN: true }),
      fc.boolean(),
      fc.integer({ min: 1, max: 40 }),
    );
    const pair = fc.tuple(
      fc.double({ min: -12, max: 6, noNaN: true }),
      fc.double({ min: 1e-6, max: 6, noNaN: true }),
    );
    fc.assert(
      fc.property(fc.array(outcome), pair, (outcomes, [low, more]) => {
        const calibrator = new Calibrator();
        for (const [logit, opened, weight] of outcomes) calibrator.learn(logit, opened, weight);
        assert.ok(calibrator.apply(low) < calibrator.apply(low + more));
      }),
    );
  });
});
