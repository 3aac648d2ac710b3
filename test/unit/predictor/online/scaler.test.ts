import assert from 'node:assert/strict';
import { Scaler } from '../../../../src/predictor/online/scaler.js';
import { seededRandom } from '../../../../src/util/seeded-random.js';

describe('Scaler', () => {
  it('makes columns have mean 0 and deviation 1, the first aside', () => {
    const scaler = new Scaler(2);
    const random = seededRandom(4);
    const rows = Float32Array.from({ length: 20_000 }, () => 100 + 10 * random());
    scaler.learn(rows);
    const scaled = scaler.apply(rows.slice());
    let sum = 0;
    let squares = 0;
    for (let row = 0; row < 10_000; row++) {
      const value = scaled[row * 2 + 1] ?? NaN;
      sum += value;
      squares += value * value;
      assert.equal(scaled[row * 2], rows[row * 2]);
    }
    assert.ok(Math.abs(sum / 10_000) < 0.02 && Math.abs(squares / 10_000 - 1) < 0.05);
  });

  it('cuts off what is far out, and takes a column that never changes', () => {
    const scaler = new Scaler(2);
    scaler.learn(Float32Array.of(0, 5, 0, 5, 0, 5));
    assert.deepEqual([...scaler.apply(Float32Array.of(9, 1e6, 9, 5))], [9, 4, 9, 0]);
  });
});
