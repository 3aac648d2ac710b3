import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import type { Model } from '@foresync/ranking';
import { ForesyncError } from '@foresync/ranking';
import { SharedModel } from '../src/rank/shared-model.js';

const sha256 = (bytes: Uint8Array): Uint8Array => createHash('sha256').update(bytes).digest();

describe('a model that devices share', () => {
  it('is opened once, before anybody asks, and closed with the last of them', async () => {
    const world = new World();
    const [first, second] = [world.shared.lend(sha256), world.shared.lend(sha256)];
    assert.equal(world.opened, 1);
    assert.equal(await first.now(), await second.now());
    await first.giveBack();
    assert.deepEqual([world.opened, world.closed], [1, 0]);
    await second.giveBack();
    assert.equal(world.closed, 1);
    await world.shared.lend(sha256).now();
    assert.equal(world.opened, 2);
  });

  it('is tried again when it could not be had, and says why each time', async () => {
    const world = new World();
    world.failing = true;
    const lent = world.shared.lend(sha256);
    for (let turn = 0; turn < 2; turn++)
      await assert.rejects(lent.now(), {
        name: 'ForesyncClientError',
        code: 'MODEL_INVALID',
        message: '[MODEL_INVALID] score.onnx: expected a file, found none',
        details: { field: 'score.onnx', facts: undefined, retryAfterMs: undefined, cause: world.error },
      });
    world.failing = false;
    await lent.now();
    await lent.giveBack();
    assert.equal(world.closed, 1);
  });

  it('is closed though one before it could not be had later than it was asked for', async () => {
    const world = new World();
    world.failing = true;
    const first = world.shared.lend(sha256).giveBack();
    world.failing = false;
    const second = world.shared.lend(sha256);
    await first;
    await second.now();
    await second.giveBack();
    assert.deepEqual([world.opened, world.closed], [1, 1]);
  });

  it('that never opened is given back all the same', async () => {
    const world = new World();
    world.failing = true;
    await world.shared.lend(sha256).giveBack();
    assert.equal(world.closed, 0);
  });
});

class World {
  readonly error = new ForesyncError('MODEL_INVALID', 'score.onnx: expected a file, found none', {
    field: 'score.onnx',
  });
  failing = false;
  opened = 0;
  closed = 0;
  readonly shared = new SharedModel(() => {
    if (this.failing) return Promise.reject(this.error);
    this.opened++;
    return Promise.resolve(this.#model());
  });

  #model(): Model {
    return {
      id: `${this.opened}`,
      sizes: { state: 1, descriptor: 1, features: 1 },
      advance: ({ states }) => Promise.resolve(states),
      score: ({ features }) => Promise.resolve(features),
      close: () => {
        this.closed++;
        return Promise.resolve();
      },
    };
  }
}
