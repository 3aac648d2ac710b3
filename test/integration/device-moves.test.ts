import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { AppWorld } from '../support/app-world.js';
import { appWorld } from '../support/app-world.js';
import { startStandalone } from '../support/redis/deployment.js';
import { scratchFolder } from '../support/scratch.js';
import { TokenMaker } from '../support/tokens.js';
import { putItems, Viewer } from '../support/viewer.js';

describe('a device that comes back on another node', function () {
  this.timeout(10_000);

  it('is no longer awaited at the first one as soon as it reports, and the same when it returns', async () => {
    const [folder, redis, tokens] = [await scratchFolder(), await startStandalone(), new TokenMaker()];
    const serverKeyFile = join(folder.path, 'server.key');
    writeFileSync(serverKeyFile, randomBytes(32).toString('base64url'), { mode: 0o600 });
    const start = (): Promise<AppWorld> =>
      appWorld({ auth: { serverKeyFile }, store: { url: redis.url }, push: { policy: 'none' } }, {}, tokens);
    const [one, other] = [await start(), await start()];
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
      await one.stop();
      await other.stop();
      await redis.stop();
      await folder.remove();
    }
  });
});
