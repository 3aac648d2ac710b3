import assert from 'node:assert/strict';
import fc from 'fast-check';
import { encodeLesson, learnLesson } from '../../../../src/predictor/online/lesson.js';
import { Calibrator } from '../../../../src/predictor/online/calibrator.js';
import { Drift } from '../../../../src/predictor/online/drift.js';
import { WIDTH } from '../../../../src/predictor/online/inputs.js';
import { KEYS, NAMES_USER, PLACES } from '../../../../src/predictor/online/keys.js';
import { Learner } from '../../../../src/predictor/online/learner.js';
import { Notes } from '../../../../src/predictor/online/notes.js';
import { Scaler } from '../../../../src/predictor/online/scaler.js';
import type { LayerState } from '../../../../src/predictor/online/state.js';
import { seededRandom } from '../../../../src/util/seeded-random.js';

const freshState = (): LayerState => ({
  scaler: new Scaler(WIDTH),
  learner: new Learner(WIDTH),
  calibrators: { user: new Calibrator(), holder: new Calibrator() },
  drift: new Drift(),
});

/** A state of a node that keeps account. */
class Learning {
  readonly state = freshState();
  notes = new Notes(this.state);

  /** One example, made of a seed. */
  learn(seed: number): this {
    const random = seededRandom(seed);
    const row = Float32Array.from({ length: WIDTH }, () => random() * 2 - 1);
    const keys = Int32Array.from({ length: KEYS }, (_, sort) => sort * 100 + Math.floor(random() * 40));
    const { scaler, learner, calibrators, drift } = this.state;
    scaler.learn(row);
    learner.learn(row, keys, random() < 0.4, 1);
    calibrators.user.learn(random() * 8 - 6, random() < 0.3, 1);
    drift.pushed(random() / 10);
    if (random() < 0.1) drift.opened();
    return this;
  }

  tell(): Uint8Array {
    const lesson = encodeLesson(this.state, this.notes);
    this.notes = new Notes(this.state);
    return lesson;
  }

  taught(lesson: Uint8Array): boolean {
    return learnLesson(this.state, this.notes, lesson, () => 0);
  }
}

/** All that is not about users by number, as learned. */
function numbersOf({ scaler, learner, calibrators, drift }: LayerState): number[] {
  const ofUsers = (place: number): boolean => NAMES_USER[Math.floor(place / 100)] ?? false;
  const sparse = [...learner.sparse.subarray(0, KEYS * 100)].filter((_, place) => !ofUsers(place));
  const { mean, variance } = scaler;
  const { foretold, opened } = calibrators.user;
  return [mean, variance, learner.weights, learner.squares, sparse, foretold, opened, drift.sums].flatMap(
    (part) => [...part],
  );
}

function assertClose(one: readonly number[], other: readonly number[], within: number): void {
  assert.equal(one.length, other.length);
  for (const [place, number] of one.entries()) {
    const away = Math.abs(number - (other[place] ?? NaN)) / (1 + Math.abs(number));
    assert.ok(away <= within, `${place}: ${number} ${other[place] ?? ''}`);
  }
}

describe('lessons of the on-line layer', () => {
  it('any split of a history over nodes leaves all of them with the same, in any order of arrival', () => {
    const events = fc.array(fc.tuple(fc.nat(1_000_000), fc.nat(3)), { minLength: 1, maxLength: 40 });
    fc.assert(
      fc.property(events, fc.integer(), (history, order) => {
        const nodes = Array.from({ length: 4 }, () => new Learning());
        const one = new Learning();
        for (const [seed, node] of history) {
          nodes[node]?.learn(seed);
          one.learn(seed);
        }
        const told = nodes.map((node) => node.tell());
        for (const [place, node] of nodes.entries()) {
          const random = seededRandom(order + place);
          const others = told.filter((_, other) => other !== place);
          others.sort(() => random() - 0.5);
          for (const lesson of others) assert.ok(node.taught(lesson));
        }
        const [first, ...rest] = nodes.map(({ state }) => state);
        assert.ok(first !== undefined);
        // Fading depends on the order a little.
        for (const state of rest) assertClose(numbersOf(state), numbersOf(first), 0.02);
        // What is additive is as if one process had learned all.
        const moments = ({ scaler }: LayerState): number[] => [...scaler.mean, ...scaler.variance];
        assertClose(moments(first), moments(one.state), 1e-6);
        assert.equal(first.scaler.rows, one.state.scaler.rows);
        assertClose([...first.calibrators.user.foretold], [...one.state.calibrators.user.foretold], 0.01);
      }),
      { numRuns: 60 },
    );
  });

  it('leave nodes that take turns with the same sums, and the drift with those of one process', () => {
    const [a, b, one] = [new Learning(), new Learning(), new Learning()];
    for (let seed = 0; seed < 200; seed++) {
      const [mine, theirs] = seed % 3 === 0 ? [a, b] : [b, a];
      mine.learn(seed);
      one.learn(seed);
      theirs.taught(mine.tell());
    }
    // What is about users by number is each node's own, and weighs in what is learned of the rest.
    assertClose(numbersOf(a.state), numbersOf(b.state), 1e-3);
    assertClose([...a.state.drift.sums], [...one.state.drift.sums], 1e-9);
  });

  it('of others are not told again', () => {
    const [a, b] = [new Learning().learn(1), new Learning()];
    b.taught(a.tell());
    assert.ok(b.notes.isEmpty);
    assert.equal(b.notes.sparse.size, 0);
  });

  it('hold nothing of a user by number', () => {
    const node = new Learning().learn(1);
    const sorts = [...node.notes.sparse.keys()].map((place) => Math.floor(place / 100));
    assert.deepEqual(new Set(sorts.map((sort) => NAMES_USER[sort])), new Set([false]));
  });

  it('are bounded by the table', () => {
    const node = new Learning();
    for (let place = 0; place < PLACES; place++) node.notes.sparse.set(place, { weight: 1, square: 1 });
    const lesson = node.tell();
    assert.ok(lesson.length < 340_000);
    assert.ok(new Learning().taught(lesson));
  });

  it('a bit that flips is found, and nothing is learned', () => {
    const lesson = new Learning().learn(3).learn(4).tell();
    fc.assert(
      fc.property(fc.nat(lesson.length * 8 - 1), (bit) => {
        const damaged = lesson.slice();
        damaged[bit >> 3] = (damaged[bit >> 3] ?? 0) ^ (1 << (bit & 7));
        const node = new Learning();
        const before = numbersOf(node.state);
        assert.throws(() => node.taught(damaged), { code: 'STORE_CORRUPT' });
        assert.deepEqual(numbersOf(node.state), before);
      }),
    );
    for (const length of [0, 7, 8, lesson.length - 1])
      assert.throws(() => new Learning().taught(lesson.slice(0, length)), { code: 'STORE_CORRUPT' });
  });
});
