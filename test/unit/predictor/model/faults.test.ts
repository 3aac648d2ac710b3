import assert from 'node:assert/strict';
import { ForesyncError } from '../../../../src/domain/errors.js';
import { BatchingModel } from '../../../../src/predictor/model/batcher.js';
import { GuardedModel } from '../../../../src/predictor/model/breaker.js';
import { LiveModel } from '../../../../src/predictor/model/live-model.js';
import { advanceBatch, scoreBatch } from '../../../support/batches.js';
import { FakeModel, nextTurn } from '../../../support/fake-model.js';
import { ManualTimer, turnOfTheLoop } from '../../../support/manual-timer.js';

const ONE_AT_A_TIME = { run: { users: 1, rows: 1 }, queue: { users: 100, rows: 100 } };

describe('a faulty model behind all its layers', () => {
  it('that stalls answers everybody with an error as soon as one has waited: who waits behind them, and who comes then', async () => {
    const timer = new ManualTimer();
    const inner = new FakeModel();
    inner.gate = () => timer.wait(5000, new AbortController().signal);
    const guarded = new GuardedModel(inner, timer);
    const live = new LiveModel(new BatchingModel(guarded, nextTurn, ONE_AT_A_TIME));
    const reasons: unknown[] = [];
    const ask = (n: number): Promise<unknown> =>
      live.advance(advanceBatch(1, n)).catch((error: unknown) => {
        if (error instanceof ForesyncError) reasons.push(error.details.facts?.['reason']);
      });
    const asked = [0, 1, 2].map(ask);
    await turnOfTheLoop();
    await timer.pass(249);
    assert.deepEqual(reasons, []);
    await timer.pass(1);
    await turnOfTheLoop(10);
    await Promise.all([...asked, ask(3)]);
    assert.deepEqual(reasons, ['stalled', 'stalled', 'stalled', 'stalled']);
    await timer.pass(1750);
    await ask(4);
    assert.deepEqual(reasons.slice(4), ['open']);
    assert.equal(inner.advances.length, 1);
    await live.close();
    assert.equal(inner.closed, 1);
  });

  it('is put out of use by one failure a run, however many were in it, and a new one answers at once', async () => {
    const timer = new ManualTimer();
    const [broken, whole] = [new FakeModel('broken'), new FakeModel('whole')];
    broken.gate = () => Promise.reject(new Error('broken'));
    const guarded = new GuardedModel(broken, timer);
    const live = new LiveModel(new BatchingModel(guarded, nextTurn));
    const ask = () =>
      Promise.allSettled(Array.from({ length: 50 }, (_, n) => live.score(scoreBatch(1, 2, n))));
    for (let run = 0; run < 3; run++) assert.ok((await ask()).every(({ status }) => status === 'rejected'));
    assert.deepEqual([guarded.counts.failures, guarded.state], [3, 'open']);
    await live.swap(new BatchingModel(new GuardedModel(whole, timer), nextTurn));
    assert.ok((await ask()).every(({ status }) => status === 'fulfilled'));
    assert.deepEqual([broken.closed, whole.scores.length], [1, 1]);
  });
});
