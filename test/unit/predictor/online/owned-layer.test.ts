import assert from 'node:assert/strict';
import { OnlineLayer } from '../../../../src/predictor/online/layer.js';
import { OwnedLayer } from '../../../../src/predictor/online/owned-layer.js';
import { COMPANY } from '../../../../src/predictor/companions.js';
import { rowsOf } from '../../../../src/predictor/feature.js';
import { featuresOf } from '../../../../src/predictor/features.js';
import { viewOf } from '../../../../src/predictor/view.js';
import { seededRandom } from '../../../../src/util/seeded-random.js';
import { stepOf } from '../../../support/contexts.js';
import { History } from '../../../support/statistics.js';

const ONE = '11'.repeat(32);
const OTHER = '22'.repeat(32);

const fresh = (): OnlineLayer => new OnlineLayer({ random: seededRandom(1) });
const owned = (model: string | null): OwnedLayer =>
  new OwnedLayer(fresh, model === null ? null : () => model);

/** Learns that `a` is opened. */
function teach(layer: OnlineLayer): void {
  const history = new History().learn(stepOf(['a', 'b'], 1000));
  for (let step = 1; step < 30; step++) {
    const question = history.question('u', ['a', 'b'], step * 60_000);
    const view = viewOf(history.statistics.counts, question);
    const known = { features: featuresOf(view), company: rowsOf(COMPANY, view), logits: null };
    layer.planned(layer.read({ ...question, ...known }), [], question.nowMs);
    layer.observe(stepOf(['a'], step * 60_000));
  }
}

describe('OwnedLayer', () => {
  it('goes on from its dump over the same model', () => {
    for (const model of [ONE, null]) {
      const before = owned(model);
      teach(before.now);
      const after = owned(model);
      assert.notDeepEqual(after.dump(), before.dump());
      assert.equal(after.load(before.dump()), true);
      assert.deepEqual(after.dump(), before.dump());
    }
  });

  it('does not take what was learned over another model', () => {
    const before = owned(ONE);
    teach(before.now);
    for (const model of [OTHER, null]) {
      const after = owned(model);
      const untouched = after.dump();
      assert.equal(after.load(before.dump()), false);
      assert.deepEqual(after.dump(), untouched);
    }
  });

  it('starts afresh when the model is replaced, and once', () => {
    let model = ONE;
    const layer = new OwnedLayer(fresh, () => model);
    const first = layer.now;
    teach(first);
    assert.equal(layer.now, first);
    model = OTHER;
    const second = layer.now;
    assert.notEqual(second, first);
    assert.equal(layer.now, second);
    assert.deepEqual(layer.dump(), owned(OTHER).dump());
  });

  it('refuses what is no dump, and stays as it was', () => {
    const layer = owned(ONE);
    teach(layer.now);
    const good = layer.dump();
    const flipped = good.slice();
    flipped[1000] = (flipped[1000] ?? 0) ^ 1;
    for (const bad of [new Uint8Array(), good.slice(0, 20), good.slice(0, -1), flipped]) {
      assert.throws(() => layer.load(bad), { code: 'STORE_CORRUPT' });
      assert.deepEqual(layer.dump(), good);
    }
  });
});
