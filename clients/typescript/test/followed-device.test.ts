import assert from 'node:assert/strict';
import type { Model } from '@foresync/ranking';
import type { DeviceBuffer } from '../src/buffer.js';
import { deferred } from '../src/deferred.js';
import { NoLog } from '../src/record-log.js';
import { Diary } from '../src/rank/diary.js';
import { FollowedDevice } from '../src/rank/followed-device.js';
import type { LentModel } from '../src/rank/shared-model.js';
import { MemoryStorage } from '../src/storage-memory.js';
import { opened, put } from './support/buffers.js';
import { batch } from './support/outbox-world.js';

/** As many columns as the server's features have. */
const SIZES = { state: 1, descriptor: 46, features: 36 };
const HOW = { most: 10, nowMs: 1_700_000_000_000 };

describe('a device that is followed', () => {
  it('learns what was done once, however often it is asked, and at the same time', async () => {
    const { device, buffer, learned } = await world();
    put(buffer, 'a', 'content of a');
    device.follow(batch('a'));
    const [first, second] = await Promise.all([device.rank('s', HOW), device.rank('s', HOW)]);
    assert.deepEqual(first, second);
    assert.equal(learned(), 1);
    device.follow(batch('b'));
    await device.rank('s', HOW);
    assert.equal(learned(), 2);
  });

  it('begins anew after a wipe, and answers nothing that is not held any more', async () => {
    const { device, buffer, learned } = await world();
    put(buffer, 'a', 'content of a');
    device.follow(batch('a'));
    const under = device.rank('s', HOW);
    device.wipe();
    buffer.wipe();
    assert.deepEqual(await under, []);
    put(buffer, 'b', 'content of b');
    assert.deepEqual(
      (await device.rank('s', HOW)).map(({ score }) => score),
      [0.5],
      'what the server foretold',
    );
    assert.equal(learned(), 0);
  });

  it('is closed while its model is still to come, and gives it back then', async () => {
    const coming = deferred<Model>();
    const back = deferred<undefined>();
    const happened: string[] = [];
    const lent: LentModel = {
      now: () => coming.promise,
      giveBack: () => {
        happened.push('given back');
        back.resolve(undefined);
        return Promise.resolve();
      },
    };
    const buffer = await opened(new MemoryStorage());
    const device = new FollowedDevice(buffer, await Diary.open(new NoLog()), lent);
    const refused = assert.rejects(device.rank('s', HOW), { code: 'CLOSED' });
    await device.close();
    await refused;
    happened.push('closed');
    coming.resolve(modelThat(() => undefined));
    await back.promise;
    assert.deepEqual(happened, ['closed', 'given back']);
  });

  it('does not remember for ever what it held once', async () => {
    const { device, buffer, learned } = await world();
    device.follow(batch('a'));
    for (let round = 0; round < 3; round++) {
      for (let n = 0; n < 6000; n++) put(buffer, `${round}/${n}`, 'the same content');
      await device.rank('s', HOW);
      buffer.wipe();
    }
    assert.equal(learned(), 1);
    put(buffer, 'a', 'content of a');
    await device.rank('s', HOW);
    await device.rank('s', HOW);
    assert.equal(learned(), 1, 'within its bound');
    for (let n = 0; n < 6000; n++) put(buffer, `last/${n}`, 'the same content');
    await device.rank('s', HOW);
    await device.rank('s', HOW);
    assert.equal(learned(), 2, 'beyond its bound');
  });
});

async function world(): Promise<{
  readonly device: FollowedDevice;
  readonly buffer: DeviceBuffer;
  /** Steps that reached the model. */
  readonly learned: () => number;
}> {
  let steps = 0;
  const model = modelThat(() => steps++);
  const buffer = await opened(new MemoryStorage());
  const lent = { now: () => Promise.resolve(model), giveBack: () => Promise.resolve() };
  const device = new FollowedDevice(buffer, await Diary.open(new NoLog()), lent);
  return { device, buffer, learned: () => steps };
}

function modelThat(learns: () => void): Model {
  return {
    id: 'counts steps',
    sizes: SIZES,
    advance: ({ states }) => {
      learns();
      return Promise.resolve(states);
    },
    score: ({ owners }) => Promise.resolve(new Float32Array(owners.length)),
    close: () => Promise.resolve(),
  };
}
