import assert from 'node:assert/strict';
import fc from 'fast-check';
import { encodeLesson, learnLesson } from '../../../../src/predictor/online/lesson.js';
import { Calibrator } from '../../../../src/predictor/online/calibrator.js';
import { Drift } from '../../../../src/predictor/online/drift.js';
import { WIDTH } from '../../../../src/predictor/online/inputs.js';
import { Learner } from '../../../../src/predictor/online/learner.js';
import { Notes } from '../../../../src/predictor/online/notes.js';
import { Scaler } from '../../../../src/predictor/online/scaler.js';
import type { LayerState } from '../../../../src/predictor/online/state.js';
import { seededRandom } from '../../../../src/util/seeded-random.js';

const freshState = (): LayerState => ({
  scaler: new Scaler(WIDTH),
  learners: { soon: new Learner(WIDTH), later: new Learner(WIDTH) },
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
    const { scaler, learners, calibrators, drift } = this.state;
    scaler.learn(row);
    learners.soon.learn(row, random() < 0.4, 1);
    learners.later.learn(row, random() < 0.2, 4);
    calibrators.user.learn(random() * 8 - 6, random() < 0.3, 1);
    drift.pushed(random() / 10);
    if (random() < 0.1) drift.opened();
    return this;
  }

  tell(): Uint8Array {
    const lesson = encodeLesson(this.notes);
    this.notes = new Notes(this.state);
    return lesson;
  }

  taught(lesson: Uint8Array): boolean {
    return learnLesson(this.state, this.notes, lesson, () => 0);
  }
}

function numbersOf({ scaler, learners, calibrators, drift }: LayerState): number[] {
  const { mean, variance } = scaler;
  const { foretold, opened } = calibrators.user;
  const learned = [learners.soon, learners.later].flatMap(({ weights, squares }) => [weights, squares]);
  return [mean, variance, ...learned, foretold, opened, drift.sums].flatMap((part) => [...part]);
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

  it('leave nodes that take turns with what one process has', () => {
    const [a, b, one] = [new Learning(), new Learning(), new Learning()];
    for (let seed = 0; seed < 200; seed++) {
      const [mine, theirs] = seed % 3 === 0 ? [a, b] : [b, a];
      mine.learn(seed);
      one.learn(seed);
      theirs.taught(mine.tell());
    }
    assertClose(numbersOf(a.state), numbersOf(b.state), 1e-9);
    assertClose(numbersOf(a.state), numbersOf(one.state), 1e-6);
  });

  it('of others are not told again', () => {
    const [a, b] = [new Learning().learn(1), new Learning()];
    b.taught(a.tell());
    assert.ok(b.notes.isEmpty);
  });

  it('have one size, whatever was learned', () => {
    const busy = new Learning();
    for (let seed = 0; seed < 500; seed++) busy.learn(seed);
    const lesson = busy.tell();
    assert.equal(lesson.length, new Learning().learn(1).tell().length);
    assert.ok(lesson.length < 5 * 1024, `${lesson.length}`);
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
