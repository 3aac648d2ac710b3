import assert from 'node:assert/strict';
import { nodeWorlds } from '../support/node-worlds.js';
import { startStandalone } from '../support/redis/deployment.js';
import { putItems, Viewer } from '../support/viewer.js';

describe('a device that comes back on another node', function () {
  this.timeout(30_000);

  it('is no longer awaited at the first one as soon as it reports, and the same when it returns', async () => {
    const redis = await startStandalone();
    const world = await nodeWorlds(2, { store: { url: redis.url }, push: { policy: 'none' } });
    const [one, other] = world.nodes;
    assert.ok(one !== undefined && other !== undefined);
    try {
      await putItems(one, ['a.md']);
      const left = await Viewer.open(one);
      await left.view('a.md');
      const now = await Viewer.open(other);
      await now.view('a.md');
      assert.equal(await left.stream.ended, null, 'its stream ends well');
      await now.view('a.md');
      const back = await Viewer.open(one);
      await now.stream.barrier(99n);
      await back.view('a.md');
      assert.equal(await now.stream.ended, null, 'not before it is back');
      await back.leave();
    } finally {
      await world.stop();
      await redis.stop();
    }
  });
});
