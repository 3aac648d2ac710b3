import assert from 'node:assert/strict';
import { ScoreScale } from '../../../../src/session/space/score-scale.js';

describe('ScoreScale', () => {
  it('is the ratio of the sums over the same items, 1 before', () => {
    const scale = new ScoreScale();
    assert.equal(scale.factor, 1);
    for (let plan = 0; plan < 20; plan++)
      scale.seen(Float64Array.of(4, 4, NaN), Float64Array.of(0.2, 0.6, 0));
    assert.ok(Math.abs(scale.factor - 0.1) < 1e-9);
  });

  it('follows what changes', () => {
    const scale = new ScoreScale();
    for (let plan = 0; plan < 500; plan++) scale.seen(Float64Array.of(1), Float64Array.of(0.1));
    for (let plan = 0; plan < 2000; plan++) scale.seen(Float64Array.of(1), Float64Array.of(0.4));
    assert.ok(Math.abs(scale.factor - 0.4) < 0.01);
  });
});
