import assert from 'node:assert/strict';
import fc from 'fast-check';
import { ForesyncError } from '../../../../src/domain/errors.js';
import { GuardedModel } from '../../../../src/predictor/model/breaker.js';
import {
  admit,
  BREAKER_RULES,
  CLOSED,
  failed,
  hung,
  succeeded,
  UNHURRIED_RULES,
} from '../../../../src/predictor/model/breaker-state.js';
import type { BreakerState } from '../../../../src/predictor/model/breaker-state.js';
import { advanceBatch, scoreBatch } from '../../../support/batches.js';
import { FakeModel } from '../../../support/fake-model.js';
import { ManualTimer } from '../../../support/manual-timer.js';

const reason = (expected: string) => (error: unknown) =>
  error instanceof ForesyncError &&
  error.code === 'MODEL_FAILED' &&
  error.details.facts?.['reason'] === expected;

describe('the circuit breaker', () => {
  let timer: ManualTimer;
  let inner: FakeModel;
  let guarded: GuardedModel;
  beforeEach(() => {
    timer = new ManualTimer();
    inner = new FakeModel();
    guarded = new GuardedModel(inner, timer);
  });

  const fails = (): Promise<never> => Promise.reject(new Error('broken'));
  const works = (): Promise<void> => Promise.resolve();

  async function open(): Promise<void> {
    inner.gate = fails;
    for (let n = 0; n < 3; n++) await assert.rejects(guarded.score(scoreBatch(1, 1)), /broken/);
    assert.equal(guarded.state, 'open');
  }

  it('opens when runs throw one after the other, and refuses at once', async () => {
    await open();
    await assert.rejects(guarded.score(scoreBatch(1, 1)), reason('open'));
    assert.equal(inner.scores.length, 3);
    assert.deepEqual(guarded.counts, { failures: 3, timeouts: 0, opens: 1, refused: 1 });
  });

  it('takes no answer that is too short, too long or not finite', async () => {
    const wrong = [new Float32Array(3), new Float32Array(5), Float32Array.of(0, NaN, 0, 0)];
    const answers = { ...fakeParts(inner), advance: () => Promise.resolve(wrong.shift() ?? assert.fail()) };
    guarded = new GuardedModel(answers, timer);
    for (let n = 0; n < 3; n++) await assert.rejects(guarded.advance(advanceBatch(1)), reason('output'));
    assert.equal(guarded.state, 'open');
  });

  it('opens when one graph always fails, however well the other one works, and is closed by that one alone', async () => {
    const broken = { ...fakeParts(inner), advance: () => Promise.resolve(new Float32Array(4)) };
    guarded = new GuardedModel(broken, timer);
    for (let n = 0; n < 3; n++) {
      await guarded.advance(advanceBatch(1));
      await assert.rejects(guarded.score(scoreBatch(1, 1)), reason('threw'));
    }
    assert.equal(guarded.state, 'open');
    await timer.pass(1000);
    await assert.rejects(guarded.advance(advanceBatch(1)), reason('open'));
    broken.score = () => Promise.resolve(new Float32Array(1));
    await guarded.score(scoreBatch(1, 1));
    await guarded.advance(advanceBatch(1));
    assert.equal(guarded.state, 'closed');
  });

  it('tells its observer of failures, refusals and turns', async () => {
    const heard: string[] = [];
    guarded = new GuardedModel(inner, timer, BREAKER_RULES, {
      failed: (why) => heard.push(why),
      refused: (why) => heard.push(`refused: ${why}`),
      turned: (state) => heard.push(`→ ${state}`),
    });
    await open();
    await guarded.score(scoreBatch(1, 1)).catch(() => undefined);
    await timer.pass(1000);
    await guarded.score(scoreBatch(1, 1)).catch(() => undefined);
    await timer.pass(2000);
    inner.gate = works;
    await guarded.score(scoreBatch(1, 1));
    const failed = ['→ half-open', 'threw', '→ open'];
    const closed = ['→ half-open', '→ closed'];
    assert.deepEqual(heard, ['threw', 'threw', 'threw', '→ open', 'refused: open', ...failed, ...closed]);
  });

  it('stays closed while a success comes between', async () => {
    for (let n = 0; n < 10; n++) {
      inner.gate = n % 3 === 2 ? works : fails;
      await guarded.advance(advanceBatch(1)).catch(() => undefined);
    }
    assert.deepEqual([guarded.state, guarded.counts.failures], ['closed', 7]);
  });

  it('tries one call after the back-off and closes if that succeeds', async () => {
    await open();
    await timer.pass(999);
    await assert.rejects(guarded.score(scoreBatch(1, 1)), reason('open'));
    await timer.pass(1);
    let release = (): void => undefined;
    inner.gate = () => new Promise<void>((resolve) => (release = resolve));
    const probe = guarded.score(scoreBatch(1, 2));
    assert.equal(guarded.state, 'half-open');
    await assert.rejects(guarded.score(scoreBatch(1, 1)), reason('open'));
    release();
    assert.equal((await probe).length, 2);
    assert.equal(guarded.state, 'closed');
  });

  it('doubles the back-off with each probe that fails, up to a minute', async () => {
    await open();
    for (const waitMs of [1000, 2000, 4000, 8000, 16_000, 32_000, 60_000, 60_000]) {
      await timer.pass(waitMs - 1);
      await assert.rejects(guarded.score(scoreBatch(1, 1)), reason('open'), `${waitMs}`);
      await timer.pass(1);
      await assert.rejects(guarded.score(scoreBatch(1, 1)), /broken/);
    }
    assert.equal(guarded.counts.opens, 9);
  });

  it('nobody waits long for a run that stalls for 5 s: it is a failure after 2 s, shuts the model off, and answers nobody', async () => {
    inner.gate = () => timer.wait(5000, new AbortController().signal);
    const answers: unknown[] = [];
    const ask = (): void =>
      void guarded.advance(advanceBatch(1)).then(
        () => answers.push('answer'),
        (error: unknown) => answers.push(error instanceof ForesyncError && error.details.facts?.['reason']),
      );
    ask();
    await timer.pass(249);
    assert.deepEqual(answers, []);
    await timer.pass(1);
    assert.deepEqual(answers, ['stalled']);
    ask();
    await timer.pass(0);
    assert.deepEqual(answers, ['stalled', 'stalled'], 'at once');
    assert.deepEqual([inner.advances.length, guarded.state], [1, 'closed']);
    await timer.pass(1750);
    assert.equal(guarded.state, 'open');
    await timer.pass(999);
    await assert.rejects(guarded.advance(advanceBatch(1)), reason('open'));
    inner.gate = works;
    await timer.pass(1);
    await guarded.advance(advanceBatch(1));
    await timer.pass(3000);
    assert.equal(guarded.state, 'closed');
    assert.deepEqual(guarded.counts, { failures: 1, timeouts: 1, opens: 1, refused: 2 });
    assert.equal(answers.length, 2);
  });

  it('a run that ends after whoever asked gave up is no failure, and the next one is waited for again', async () => {
    inner.gate = () => timer.wait(1999, new AbortController().signal);
    const slow = assert.rejects(guarded.score(scoreBatch(1, 1)), reason('stalled'));
    await timer.pass(1999);
    await slow;
    inner.gate = works;
    assert.equal((await guarded.score(scoreBatch(1, 2))).length, 2);
    assert.deepEqual(guarded.counts, { failures: 0, timeouts: 0, opens: 0, refused: 0 });
  });

  it('a probe that stalls shuts the model off for longer, and only the one who made it waits', async () => {
    await open();
    await timer.pass(1000);
    inner.gate = () => timer.wait(5000, new AbortController().signal);
    const probe = assert.rejects(guarded.score(scoreBatch(1, 1)), reason('stalled'));
    await timer.pass(250);
    await probe;
    await assert.rejects(guarded.score(scoreBatch(1, 1)), reason('stalled'));
    await timer.pass(1750);
    await assert.rejects(guarded.score(scoreBatch(1, 1)), reason('open'));
    inner.gate = works;
    await timer.pass(1999);
    await assert.rejects(guarded.score(scoreBatch(1, 1)), reason('open'));
    await timer.pass(1);
    await guarded.score(scoreBatch(1, 1));
    assert.equal(guarded.state, 'closed');
  });

  it('a run that kept the loop for 5 s is one too, though it ends before any timer', async () => {
    let nowMs = 0;
    const stalled = new GuardedModel(inner, {
      now: () => nowMs,
      every: (ms, callback) => timer.every(ms, callback),
    });
    inner.gate = () => {
      nowMs += 5000;
      return Promise.resolve();
    };
    await assert.rejects(stalled.advance(advanceBatch(1)), reason('timeout'));
    assert.equal(stalled.counts.timeouts, 1);
  });

  it('takes an answer after 5 s too where nobody is in a hurry, on a machine that does something else meanwhile', async () => {
    guarded = new GuardedModel(inner, timer, UNHURRIED_RULES);
    inner.gate = () => timer.pass(5000);
    assert.equal((await guarded.score(scoreBatch(1, 1))).length, 1);
    assert.deepEqual([guarded.state, guarded.counts.failures], ['closed', 0]);
  });

  it('does not hold a caller’s mistake against the model', async () => {
    inner.gate = () => Promise.reject(new ForesyncError('FIELD_INVALID', 'states'));
    for (let n = 0; n < 5; n++)
      await assert.rejects(guarded.advance(advanceBatch(1)), { code: 'FIELD_INVALID' });
    assert.equal(guarded.state, 'closed');
    await open();
    await timer.pass(1000);
    inner.gate = () => Promise.reject(new ForesyncError('FIELD_INVALID', 'states'));
    await assert.rejects(guarded.score(scoreBatch(1, 1)), { code: 'FIELD_INVALID' });
    assert.equal(guarded.state, 'open');
    inner.gate = works;
    await guarded.score(scoreBatch(1, 1));
    assert.equal(guarded.state, 'closed');
  });

  it('names and closes the model behind it', async () => {
    assert.deepEqual([guarded.id, guarded.sizes], [inner.id, inner.sizes]);
    await guarded.close();
    assert.equal(inner.closed, 1);
  });
});

describe('the states of a breaker', () => {
  it('never admit two probes, never open for longer than a minute, and close only by a success of their own epoch', () =>
    fc.assert(
      fc.property(
        fc.array(
          fc.record({
            act: fc.constantFrom('ask', 'succeed', 'fail', 'hang'),
            which: fc.nat(),
            passes: fc.integer({ min: 0, max: 5000 }),
          }),
          { maxLength: 80 },
        ),
        (acts) => {
          let [state, nowMs]: [BreakerState, number] = [CLOSED, 0];
          const running: BreakerState[] = [];
          for (const { act, which, passes } of acts) {
            nowMs += passes;
            const before = state;
            if (act === 'ask') {
              const admitted = admit(state, nowMs);
              if (admitted === null) assert.notEqual(state.kind, 'closed');
              else running.push((state = admitted));
              if (before.kind === 'half-open') assert.equal(admitted, null);
              continue;
            }
            const [ended] = running.splice(which % Math.max(1, running.length), 1);
            if (ended === undefined) continue;
            const verdict = act === 'hang' ? hung : failed;
            state =
              act === 'succeed'
                ? succeeded(state, ended.epoch)
                : verdict(state, ended.epoch, nowMs, BREAKER_RULES);
            if (act === 'hang') assert.ok(ended.epoch !== before.epoch || state.kind === 'open');
            if (ended.epoch !== before.epoch) assert.equal(state, before);
            if (state.kind === 'open') assert.ok(state.untilMs <= nowMs + BREAKER_RULES.longestMs);
            if (state.kind === 'closed') assert.ok(state.failures < BREAKER_RULES.failures);
          }
        },
      ),
    ));
});

const fakeParts = (model: FakeModel) => ({
  id: model.id,
  sizes: model.sizes,
  score: (): Promise<Float32Array> => Promise.reject(new Error('broken')),
  close: () => model.close(),
});
