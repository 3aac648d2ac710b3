import assert from 'node:assert/strict';
import * as ort from 'onnxruntime-web';
import { BatchingModel } from '../../../../src/predictor/model/batcher.js';
import { GuardedModel } from '../../../../src/predictor/model/breaker.js';
import { LiveModel } from '../../../../src/predictor/model/live-model.js';
import { openModel } from '../../../../src/predictor/model/open-model.js';
import { advanceBatch, assertClose, scoreBatch } from '../../../support/batches.js';
import { FakeModel, nextTurn } from '../../../support/fake-model.js';
import { ManualTimer, turnOfTheLoop } from '../../../support/manual-timer.js';
import { sha256, TINY_SPEC, tinyModel } from '../../../support/tiny-model.js';

describe('a live model', () => {
  it('lets what runs end on the old model, closes it then, and asks the new one from now on', async () => {
    const [old, next] = [new FakeModel('old'), new FakeModel('next')];
    let release = (): void => undefined;
    old.gate = () => new Promise<void>((resolve) => (release = resolve));
    const live = new LiveModel(old);
    const running = live.advance(advanceBatch(1));
    const swapped = live.swap(next);
    assert.equal(live.id, 'next');
    assert.equal((await live.score(scoreBatch(1, 2))).length, 2);
    await turnOfTheLoop();
    assert.equal(old.closed, 0);
    release();
    assert.equal((await running).length, 4);
    await swapped;
    assert.deepEqual([old.closed, old.advances.length, next.scores.length], [1, 1, 1]);
  });

  it('keeps one model for all of a piece of work', async () => {
    const [old, next] = [new FakeModel('old'), new FakeModel('next')];
    const live = new LiveModel(old);
    const ids = await live.use(async (model) => {
      void live.swap(next);
      await model.advance(advanceBatch(1));
      await turnOfTheLoop();
      return [model.id, live.id, old.closed];
    });
    assert.deepEqual(ids, ['old', 'next', 0]);
    await turnOfTheLoop();
    assert.equal(old.closed, 1);
  });

  it('keeps the old one if loading the new one fails, and still loads the one after', async () => {
    const [old, next] = [new FakeModel('old'), new FakeModel('next')];
    const live = new LiveModel(old);
    const refused = live.load(() => Promise.reject(new Error('hash')));
    const loaded = live.load(() => Promise.resolve(next));
    await assert.rejects(refused, /hash/);
    await loaded;
    assert.deepEqual([live.id, live.sizes, old.closed, next.closed], ['next', next.sizes, 1, 0]);
  });

  it('is closed once, after what runs; a model that is loaded later is closed too', async () => {
    const [old, next] = [new FakeModel('old'), new FakeModel('next')];
    const live = new LiveModel(old);
    await live.close();
    await live.close();
    assert.equal(old.closed, 1);
    await assert.rejects(live.score(scoreBatch(1, 1)), { code: 'MODEL_FAILED' });
    await assert.rejects(
      live.load(() => Promise.resolve(next)),
      { code: 'MODEL_FAILED' },
    );
    assert.equal(next.closed, 1);
  });

  it('is swapped while 50 callers run, and none is dropped: each is answered by the old or the new', async () => {
    const models = [1, 2, 3, 4].map((seed) => tinyModel(seed));
    const open = async (index: number) => {
      const source = models[index] ?? tinyModel();
      const model = await openModel({ ...source, sha256, expectedSpec: TINY_SPEC, ort });
      return new BatchingModel(new GuardedModel(model, new ManualTimer()), nextTurn);
    };
    const live = new LiveModel(await open(0));
    let [stop, answers] = [false, 0];
    const caller = async (_: unknown, n: number): Promise<void> => {
      const batch = scoreBatch(1, 20, n);
      const expected = models.map(({ score }) => score(batch));
      while (!stop) {
        const found = await live.score(batch);
        const error = (logits: readonly number[]) => Math.abs((logits[0] ?? 0) - (found[0] ?? 0));
        const nearest = [...expected].sort((a, b) => error(a) - error(b))[0];
        assertClose(found, nearest ?? []);
        answers++;
      }
    };
    const callers = Promise.all(Array.from({ length: 50 }, caller));
    for (const index of [1, 2, 3]) {
      await live.load(() => open(index));
      await turnOfTheLoop(10);
    }
    stop = true;
    await callers;
    assert.ok(answers >= 150, `${answers} answers`);
    await live.close();
  });
});
