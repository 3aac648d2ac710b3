import assert from 'node:assert/strict';
import type { Step } from '../../../../src/domain/activity.js';
import { EMPTY_CONTEXT } from '../../../../src/domain/context.js';
import type { Question } from '../../../../src/domain/engine-port.js';
import { deviceId, itemId, pseudonym, spaceId } from '../../../../src/domain/ids.js';
import type { RecurrentStates } from '../../../../src/domain/model-port.js';
import { descriptorOf } from '../../../../src/predictor/descriptors.js';
import { Recurrence } from '../../../../src/predictor/model/recurrence.js';
import { Statistics } from '../../../../src/predictor/statistics.js';
import { FakeModel } from '../../../support/fake-model.js';

const [SPACE, ANN, ITEM] = [spaceId('team'), pseudonym('a'.repeat(32)), itemId('plan.md')];
const MOST_BEHIND = 32;
const { counts } = new Statistics({ candidateLimit: 10 });

const step: Step = {
  space: SPACE,
  user: ANN,
  device: deviceId('phone'),
  timeMs: 0,
  items: [{ item: ITEM, kind: 'viewed' }],
  queryBuckets: [],
  locationCell: null,
};
const question: Question = {
  kind: 'user',
  space: SPACE,
  user: ANN,
  device: deviceId('phone'),
  context: EMPTY_CONTEXT,
  nowMs: 0,
  items: [ITEM],
};
const width = descriptorOf(counts, step, EMPTY_CONTEXT).length;

/** A state counts its user's steps: a first step's first column is 1. */
function world(failures: Error[] = []) {
  const model = new FakeModel('fake', { state: 1, descriptor: width, features: 1 });
  const kept = new Map<string, Float32Array>();
  const calls: string[] = [];
  const states: RecurrentStates = {
    get: (user) => Promise.resolve(kept.get(user)),
    put: (user, _model, state) => {
      const failure = failures.shift();
      if (failure !== undefined) return Promise.reject(failure);
      return Promise.resolve(void kept.set(user, state));
    },
    forget: (user) => void calls.push(`forget ${user}`),
  };
  const lost: unknown[] = [];
  const onLost = (error: unknown): void => void lost.push(error);
  const recurrence = new Recurrence({ counts, use: (work) => work(model), states, onLost });
  const stepsOf = (): number => kept.get(ANN)?.[0] ?? 0;
  return { model, recurrence, calls, lost, stepsOf };
}

describe('a model that follows users', () => {
  it('scores with the state after all of the steps before', async () => {
    const { recurrence } = world();
    for (let count = 0; count < 3; count++) recurrence.observe(step, EMPTY_CONTEXT);
    assert.deepEqual([...(await recurrence.logits(question, Float32Array.of(0.5)))], [3.5]);
  });

  it(`lets ${MOST_BEHIND} steps of a user wait for the model, and no more`, async () => {
    const { model, recurrence, stepsOf } = world();
    let open = (): void => undefined;
    const opened = new Promise<void>((resolve) => (open = resolve));
    model.gate = () => opened;
    for (let count = 0; count < MOST_BEHIND + 5; count++) recurrence.observe(step, EMPTY_CONTEXT);
    open();
    await recurrence.idle();
    assert.equal(stepsOf(), MOST_BEHIND);
  });

  it('drops what it remembers of a user whose state another node moved', () => {
    const { recurrence, calls } = world();
    recurrence.movedElsewhere(ANN);
    assert.deepEqual(calls, [`forget ${ANN}`]);
  });

  it('does not write the state of a user who is forgotten while it moves', async () => {
    const { model, recurrence, calls, stepsOf } = world();
    let open = (): void => undefined;
    const opened = new Promise<void>((resolve) => (open = resolve));
    model.gate = () => opened;
    recurrence.observe(step, EMPTY_CONTEXT);
    recurrence.observe(step, EMPTY_CONTEXT);
    const idle = recurrence.idle();
    recurrence.forget(ANN);
    open();
    await idle;
    assert.deepEqual([stepsOf(), calls], [0, [`forget ${ANN}`]]);
  });

  it('tells of a step that did not reach the state, and goes on with the next', async () => {
    const away = new Error('the store is away');
    const { recurrence, lost, stepsOf } = world([away]);
    recurrence.observe(step, EMPTY_CONTEXT);
    recurrence.observe(step, EMPTY_CONTEXT);
    await recurrence.idle();
    assert.deepEqual([stepsOf(), lost], [1, [away]]);
  });
});
