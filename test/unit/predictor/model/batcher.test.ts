import assert from 'node:assert/strict';
import fc from 'fast-check';
import { BatchingModel } from '../../../../src/predictor/model/batcher.js';
import { advanceBatch, scoreBatch } from '../../../support/batches.js';
import { FakeModel, nextTurn } from '../../../support/fake-model.js';
import { turnOfTheLoop } from '../../../support/manual-timer.js';

const WIDE = { run: { users: 100, rows: 1000 }, queue: { users: 1000, rows: 10_000 } };

describe('the batcher', () => {
  it('joins what is asked in one turn of the loop, and answers each as if alone', () =>
    fc.assert(
      fc.asyncProperty(
        fc.array(fc.record({ users: fc.nat(4), rows: fc.nat(5), score: fc.boolean() }), { maxLength: 12 }),
        fc.record({ users: fc.integer({ min: 1, max: 9 }), rows: fc.integer({ min: 1, max: 20 }) }),
        async (calls, run) => {
          const [inner, alone] = [new FakeModel(), new FakeModel()];
          const batching = new BatchingModel(inner, nextTurn, { ...WIDE, run });
          const ask = (model: FakeModel | BatchingModel) =>
            Promise.all(
              calls.map(({ users, rows, score }, n) =>
                score ? model.score(scoreBatch(users, rows, n)) : model.advance(advanceBatch(users, n)),
              ),
            );
          assert.deepEqual(await ask(batching), await ask(alone));
          for (const { owners, states } of inner.scores) {
            const single = calls.some(({ users, rows }) => users * rows === owners.length);
            assert.ok(single || (owners.length <= run.rows && states.length / 4 <= run.users));
          }
        },
      ),
      { numRuns: 60 },
    ));

  it('makes one run of 50 callers', async () => {
    const inner = new FakeModel();
    const batching = new BatchingModel(inner, nextTurn, WIDE);
    await Promise.all(Array.from({ length: 50 }, (_, n) => batching.advance(advanceBatch(1, n))));
    assert.deepEqual([inner.advances.length, inner.advances[0]?.states.length], [1, 200]);
    await Promise.all(Array.from({ length: 50 }, (_, n) => batching.score(scoreBatch(1, 3, n))));
    assert.deepEqual([inner.scores.length, inner.scores[0]?.owners.length], [1, 150]);
    assert.deepEqual([batching.id, batching.sizes], [inner.id, inner.sizes]);
    await batching.close();
    assert.equal(inner.closed, 1);
  });

  it('refuses at once what its queue does not hold, in users and in candidates', async () => {
    const inner = new FakeModel();
    let release = (): void => undefined;
    inner.gate = () => new Promise<void>((resolve) => (release = resolve));
    const batching = new BatchingModel(inner, nextTurn, {
      run: { users: 1, rows: 100 },
      queue: { users: 2, rows: 6 },
    });
    const overloaded = {
      code: 'MODEL_FAILED',
      details: { facts: { reason: 'overloaded' }, cause: undefined },
    };
    const running = batching.score(scoreBatch(1, 3));
    await turnOfTheLoop();
    const waiting = [batching.score(scoreBatch(1, 3)), batching.score(scoreBatch(1, 3))];
    await assert.rejects(batching.score(scoreBatch(1, 0)), overloaded);
    release();
    await running;
    await turnOfTheLoop();
    await assert.rejects(batching.score(scoreBatch(1, 4)), overloaded);
    release();
    await turnOfTheLoop();
    release();
    assert.deepEqual(
      (await Promise.all(waiting)).map(({ length }) => length),
      [3, 3],
    );
  });

  it('tells an error to those whose calls were in the run, and to nobody else', async () => {
    const inner = new FakeModel();
    inner.gate = () =>
      inner.advances.length === 1 ? Promise.reject(new Error('one run')) : Promise.resolve();
    const batching = new BatchingModel(inner, nextTurn, { ...WIDE, run: { users: 2, rows: 1 } });
    const outcomes = await Promise.allSettled([1, 2, 3].map((n) => batching.advance(advanceBatch(1, n))));
    assert.deepEqual(
      outcomes.map(({ status }) => status),
      ['rejected', 'rejected', 'fulfilled'],
    );
  });

  it('refuses a caller’s nonsense before it is in anybody’s run', async () => {
    const inner = new FakeModel();
    const batching = new BatchingModel(inner, nextTurn, WIDE);
    const [steps, candidates] = [advanceBatch(1), scoreBatch(1, 2)];
    steps.states[1] = Number.NaN;
    candidates.features[7] = Number.POSITIVE_INFINITY;
    await assert.rejects(batching.advance(steps), /FIELD_INVALID\] states\[1\] is NaN, expected finite/);
    await assert.rejects(batching.score(candidates), /FIELD_INVALID\] features\[7\] is Infinity/);
    await assert.rejects(batching.advance({ ...advanceBatch(1), descriptors: new Float32Array() }), {
      code: 'FIELD_INVALID',
    });
    assert.deepEqual([inner.advances.length, inner.scores.length], [0, 0]);
  });
});
