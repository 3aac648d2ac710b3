import assert from 'node:assert/strict';
import { itemId, pseudonym } from '../../../../src/domain/ids.js';
import type { Change } from '../../../../src/domain/item.js';
import { LATER, Later, THINNING } from '../../../../src/predictor/online/later.js';
import { Learner, probability } from '../../../../src/predictor/online/learner.js';
import { Outcomes, PENDING, type Example, type Outcome } from '../../../../src/predictor/online/outcomes.js';
import { stepOf } from '../../../support/contexts.js';
import { headOf } from '../../../support/plans.js';

const U = pseudonym('u');
const ROW = Float32Array.of(-1);

const exampleOf = (item: string): Example => {
  return { kind: 'user', item: itemId(item), row: ROW, weight: 1, logit: -1, isPushed: false };
};

const changeOf = (item: string): Change => ({
  space: stepOf([], 0).space,
  epoch: 'e',
  head: headOf(item),
  previousHash: null,
  writer: null,
  audience: [],
});

/** What waits for the time that a score foretells, and what is learned of what comes later. */
class World {
  readonly learner = new Learner(1);
  readonly later = new Later(this.learner);
  readonly outcomes = new Outcomes();
  readonly fresh = new Learner(1).logit(ROW, 0);
  #timeMs = 0;

  get moved(): number {
    return this.learner.logit(ROW, 0) - this.fresh;
  }

  plan(items: readonly string[]): this {
    this.later.gone(this.outcomes.planned(U, items.map(exampleOf), this.#timeMs).over);
    return this;
  }

  steps(items: readonly string[], times = 1): this {
    for (let time = 0; time < times; time++) {
      const step = stepOf(items, ++this.#timeMs);
      this.later.observe(step, this.outcomes.observe(step));
    }
    return this;
  }

  change(item: string): this {
    this.later.changed(changeOf(item), this.outcomes.changed(changeOf(item)));
    return this;
  }
}

/** Names of which about one in `THINNING` is learned from. */
const MANY = Array.from({ length: 40 }, (_, place) => `i${place}`);

describe('Later', () => {
  it('learns nothing of what is opened in time', () => {
    const world = new World().plan(MANY).steps(MANY);
    assert.equal(world.moved, 0);
  });

  it('waits with what was not opened in time, and learns that it was opened after all', () => {
    const world = new World().plan(MANY).steps(['z'], PENDING.steps);
    assert.equal(world.moved, 0);
    assert.ok(world.steps(MANY).moved > 0);
  });

  it('learns that what nobody opened for long is opened no more', () => {
    const world = new World().plan(MANY).steps(['z'], PENDING.steps + LATER.steps - 1);
    assert.equal(world.moved, 0);
    assert.ok(world.steps(['z']).moved < 0);
  });

  it('counts what is outdated as not opened, before it is late and after', () => {
    const early = new World().plan(MANY);
    for (const item of MANY) early.change(item);
    assert.ok(early.moved < 0);
    const late = new World().plan(MANY).steps(['z'], PENDING.steps);
    for (const item of MANY) late.change(item);
    assert.ok(late.moved < 0);
    const moved = late.moved;
    assert.equal(late.steps(MANY).moved, moved);
  });

  it('counts users who are gone as never coming back, or short visits would seem to last', () => {
    const world = new World().plan(MANY);
    const silent = world.outcomes.planned(pseudonym('v'), [], PENDING.silentMs + 1).over;
    assert.equal(silent.length, MANY.length);
    world.later.gone(silent);
    assert.ok(world.moved < 0);
  });

  it('learns from one in four examples, always the same', () => {
    const isLearned = (item: string): boolean => {
      const world = new World();
      const outcome: Outcome = { example: exampleOf(item), end: 'gone' };
      world.later.gone([outcome]);
      return world.moved !== 0;
    };
    const items = Array.from({ length: 400 }, (_, place) => `i${place}`);
    const learned = items.filter((item) => isLearned(item));
    assert.ok(Math.abs(learned.length - items.length / THINNING) < 40, `${learned.length}`);
    assert.deepEqual(
      items.filter((item) => isLearned(item)),
      learned,
    );
  });

  it('forgets whom it is told to forget', () => {
    const world = new World().plan(MANY).steps(['z'], PENDING.steps);
    world.later.forget(U);
    assert.equal(world.steps(MANY).moved, 0);
  });

  it('tells apart what comes back from what does not', () => {
    const learner = new Learner(2);
    const later = new Later(learner);
    const outcomes = new Outcomes();
    const rowOf = (item: string): Float32Array => Float32Array.of(0, item.startsWith('back') ? 1 : -1);
    for (let round = 0; round < 60; round++) {
      const items = [`back${round}`, `gone${round}`, `back${round}x`, `gone${round}x`];
      const examples = items.map((item) => ({ ...exampleOf(item), row: rowOf(item) }));
      later.gone(outcomes.planned(U, examples, round).over);
      for (let at = 0; at < 12; at++) {
        const step = stepOf(['z'], round);
        later.observe(step, outcomes.observe(step));
      }
      const back = stepOf(
        items.filter((item) => item.startsWith('back')),
        round,
      );
      later.observe(back, outcomes.observe(back));
    }
    for (let at = 0; at < LATER.steps; at++) {
      const step = stepOf(['z'], 100);
      later.observe(step, outcomes.observe(step));
    }
    const [back, gone] = ['back', 'gone'].map((item) => probability(learner.logit(rowOf(item), 0)));
    assert.ok((back ?? 0) > (gone ?? 1) + 0.1, `${back} ${gone}`);
  });
});
