import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { rankingNamed } from '../../../../src/app/rankings.js';
import { deviceId, itemId, pseudonym, spaceId } from '../../../../src/domain/ids.js';
import { BatchingModel } from '../../../../src/predictor/model/batcher.js';
import { GuardedModel } from '../../../../src/predictor/model/breaker.js';
import { LiveModel } from '../../../../src/predictor/model/live-model.js';
import { Engine } from '../../../../src/session/space/engine.js';
import type { AppliedBatch } from '../../../../src/session/space/space-heart.js';
import { SpaceNode } from '../../../../src/session/space/space-node.js';
import { openMemory } from '../../../../src/store/memory.js';
import { storeLimits } from '../../../../src/store/options.js';
import { FakeModel, nextTurn } from '../../../support/fake-model.js';
import { ManualTimer, turnOfTheLoop } from '../../../support/manual-timer.js';
import { SERVER_SIZES } from '../../../support/model-folder.js';
import { connected, TestDevice } from '../../../support/space.js';
import { History } from '../../../support/statistics.js';

const space = spaceId('s');
const ANN = pseudonym('ann');
const BOB = pseudonym('bob');
const ITEMS = ['a', 'b', 'c', 'd'];

/** A space whose plans are made by a model behind all its layers, and time that passes when the test says so. */
async function open() {
  const timer = new ManualTimer();
  const store = openMemory(storeLimits({}), { clock: timer, randomBytes });
  await store.spaces.ensure(space, 1);
  const inner = new FakeModel('00'.repeat(32), SERVER_SIZES);
  const model = new LiveModel(new BatchingModel(new GuardedModel(inner, timer), nextTurn));
  const { statistics } = ITEMS.reduce((history, item) => history.change(item, 0), new History());
  const onLost = (error: unknown): void => assert.fail(String(error));
  const policy = rankingNamed('model-bare', { model, users: store.users, onLost })(space, statistics);
  const push = { ratio: 1, startBytes: 1e6, threshold: 0.0001, metadataThreshold: null };
  const missed: string[] = [];
  const onModelFailed = ({ details }: { details: { facts?: Readonly<Record<string, string>> } }): void =>
    void missed.push(details.facts?.['reason'] ?? '');
  const engine = new Engine({ space, statistics, policy, push, onModelFailed });
  const devices = connected(new TestDevice('ann', 'laptop'), new TestDevice('bob', 'laptop'));
  const { users } = store;
  const onPlanFault = (error: unknown): void => assert.fail(String(error));
  const node = new SpaceNode({ space, engine, users, devices, clock: timer, onPlanFault });
  const apply = (user: typeof ANN, sequence: number, ...items: string[]): Promise<AppliedBatch> => {
    const activities = items.map((item, n) => ({
      ...{ type: 'viewed' as const, item: itemId(item), locationCell: null },
      timeMs: timer.now() + 1000 * n,
    }));
    return node.applyBatch(user, deviceId('laptop'), { space, sequence, activities });
  };
  return { timer, inner, apply, missed };
}

/** Whether it ends without any time that passes. */
async function endsNow(work: Promise<unknown>): Promise<boolean> {
  let isOver = false;
  void work.then(() => (isOver = true));
  await turnOfTheLoop(20);
  return isOver;
}

const pushesOf = (applied: AppliedBatch): number =>
  applied.kind === 'applied' ? applied.plans.reduce((sum, { pushes }) => sum + pushes.length, 0) : -1;

describe('a batch while the model stalls for 5 s', () => {
  it('waits for a moment, once, however many steps it has; every later one is applied at once, without pushes', async () => {
    const { timer, inner, apply, missed } = await open();
    assert.ok(pushesOf(await apply(ANN, 1, 'a', 'b')) > 0, 'it pushes while the model works');
    inner.gate = () => timer.wait(5000, new AbortController().signal);
    const first = apply(ANN, 2, 'b', 'a', 'c', 'b');
    const waits = await endsNow(first);
    assert.equal(waits, false);
    await timer.pass(250);
    assert.ok(await endsNow(first));
    assert.equal(pushesOf(await first), 0);
    for (const [user, sequence] of [
      [ANN, 3],
      [BOB, 1],
      [BOB, 2],
      [ANN, 4],
    ] as const)
      assert.ok(await endsNow(apply(user, sequence, 'a', 'c')), `${user} ${sequence}`);
    await timer.pass(1750);
    assert.ok(await endsNow(apply(ANN, 5, 'b', 'd')), 'the model is shut off');
    assert.deepEqual(missed, ['stalled', 'stalled', 'stalled', 'stalled', 'stalled', 'open']);
  });

  it('is planned for again when the stall is over', async () => {
    const { timer, inner, apply } = await open();
    await apply(ANN, 1, 'a', 'b');
    inner.gate = () => timer.wait(5000, new AbortController().signal);
    const stalled = apply(ANN, 2, 'b', 'c');
    await turnOfTheLoop(20);
    await timer.pass(5000);
    await stalled;
    inner.gate = () => Promise.resolve();
    assert.ok(pushesOf(await apply(ANN, 3, 'a', 'c')) > 0);
  });
});
