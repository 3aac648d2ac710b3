import assert from 'node:assert/strict';
import { ForesyncError } from '../../../../src/domain/errors.js';
import { itemId, type ItemId } from '../../../../src/domain/ids.js';
import { COMPANY } from '../../../../src/predictor/companions.js';
import { rowsOf } from '../../../../src/predictor/feature.js';
import { featuresOf } from '../../../../src/predictor/features.js';
import { OnlineLayer, type Inputs } from '../../../../src/predictor/online/layer.js';
import { PENDING } from '../../../../src/predictor/online/outcomes.js';
import { probability } from '../../../../src/predictor/online/learner.js';
import { viewOf } from '../../../../src/predictor/view.js';
import { seededRandom } from '../../../../src/util/seeded-random.js';
import { stepOf } from '../../../support/contexts.js';
import { History } from '../../../support/statistics.js';

const ITEMS = ['a', 'b', 'c', 'd'];

class Space {
  readonly history = new History();
  readonly layer: OnlineLayer;
  #timeMs = 1000;

  constructor(isFrozen = false) {
    this.layer = new OnlineLayer({ random: seededRandom(5), isFrozen });
    this.history.learn(stepOf(ITEMS, this.#timeMs));
  }

  inputs(logits: Float32Array | null = null): Inputs {
    const question = this.history.question('u', ITEMS, this.#timeMs);
    const view = viewOf(this.history.statistics.counts, question);
    return this.layer.read({
      ...question,
      features: featuresOf(view),
      company: rowsOf(COMPANY, view),
      logits,
    });
  }

  /** Steps of which each opens `item`, after a plan of all items that pushes some. */
  work(item: string, steps: number, pushed: readonly ItemId[] = []): this {
    for (let step = 0; step < steps; step++) {
      this.layer.planned(this.inputs(), pushed, this.#timeMs);
      this.#timeMs += 60_000;
      const next = stepOf([item], this.#timeMs);
      this.layer.observe(next);
      this.history.learn(next);
    }
    return this;
  }
}

describe('OnlineLayer', () => {
  it('starts as exactly the model', () => {
    const space = new Space();
    const logits = Float32Array.of(-1, -2, 0.5, 3);
    assert.deepEqual([...space.layer.score(space.inputs(logits))], [...logits].map(probability));
  });

  it('learns what is opened, and what is not', () => {
    const space = new Space().work('c', 150);
    const [a = NaN, , c = NaN] = space.layer.score(space.inputs());
    assert.ok(c > 0.8 && a < 0.2, `${c} ${a}`);
  });

  it('learns of what is not opened in time how much is opened later, and nothing of it when frozen', () => {
    const beyond = (space: Space): number[] => {
      const [scores, lasting] = [space.layer.score(space.inputs()), space.layer.lasting(space.inputs())];
      return Array.from(scores, (score, place) => ((lasting[place] ?? NaN) - score) / (1 - score));
    };
    const [space, frozen] = [new Space(), new Space(true)];
    for (let round = 0; round < 40; round++) {
      // Each is opened again, but too late for its score; nothing else ever is.
      for (const one of [space, frozen]) for (const item of ITEMS) one.work(item, 1).work('z', 13);
    }
    assert.ok(
      beyond(space).every((share) => share > 0.7),
      beyond(space).join(' '),
    );
    assert.ok(beyond(frozen).every((share) => share === 0));
  });

  it('says less of what it pushes when that was opened less often than foretold', () => {
    const [honest, misled] = [[], [itemId('a')]].map((pushed) => new Space().work('c', 150, pushed));
    const told = (space: Space | undefined): number => space?.layer.correct(Float64Array.of(0.5))[0] ?? NaN;
    assert.equal(told(honest), 0.5);
    assert.ok(told(misled) < 0.5, `${told(misled)}`);
  });

  it('counts no push whose opens it would not hear of', () => {
    const space = new Space();
    const pushed = ITEMS.map((item) => itemId(item));
    for (let plan = 0; plan < PENDING.ofUser / ITEMS.length; plan++)
      space.layer.planned(space.inputs(), pushed, 1000);
    const told = [...space.layer.correct(Float64Array.of(0.5))];
    space.layer.planned(space.inputs(), pushed, 1000);
    assert.deepEqual([...space.layer.correct(Float64Array.of(0.5))], told);
  });

  it('learns nothing when frozen', () => {
    const space = new Space(true);
    const before = space.layer.dump();
    space.work('c', 30);
    assert.deepEqual(space.layer.dump(), before);
  });

  it('does the same for the same calls', () => {
    assert.deepEqual(new Space().work('b', 40).layer.dump(), new Space().work('b', 40).layer.dump());
  });

  it('goes on from its dump', () => {
    const space = new Space().work('c', 40);
    const other = new OnlineLayer({ random: seededRandom(6), isFrozen: true });
    other.load(space.layer.dump());
    const inputs = space.inputs();
    assert.deepEqual(other.score(inputs), space.layer.score(inputs));
    assert.deepEqual(other.lasting(inputs), other.score(inputs));
    assert.ok(space.layer.dump().length < 4 * 1024);
  });

  it('refuses what is no dump, and stays as it was', () => {
    const space = new Space().work('c', 10);
    const dump = space.layer.dump();
    const bent = dump.slice();
    bent[100] = (bent[100] ?? 0) ^ 1;
    const otherFormat = dump.slice();
    otherFormat[0] = (otherFormat[0] ?? 0) ^ 1;
    for (const bytes of [new Uint8Array(0), dump.slice(1), bent, otherFormat]) {
      assert.throws(
        () => space.layer.load(bytes),
        (error) => error instanceof ForesyncError && error.code === 'STORE_CORRUPT',
      );
    }
    assert.deepEqual(space.layer.dump(), dump);
  });

  it('tells how much each column moves a candidate', () => {
    const space = new Space().work('c', 60);
    assert.ok(space.layer.contributions(space.inputs(), 2).some((moved) => moved > 0));
    assert.ok(
      new Space().layer
        .contributions(new Space().inputs(), 2)
        .slice(1)
        .every((moved) => moved === 0),
    );
  });
});
