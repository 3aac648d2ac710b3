import assert from 'node:assert/strict';
import { replayInProcess } from '../../src/replay/in-process.js';
import { replayLive } from '../../src/replay/live/live.js';
import { loadTrace } from '../../src/replay/trace.js';
import { startCluster } from '../support/redis/cluster.js';
import type { Deployment } from '../support/redis/deployment.js';

describe('a replay over gRPC on a cluster of Redis', function () {
  this.timeout(300_000);
  let redis: Deployment;
  before(async () => (redis = await startCluster()));
  after(() => redis.stop());

  for (const policy of ['mirror', 'recent', 'model']) {
    it(`counts what one in process over memory counts: ${policy}`, async () => {
      await redis.flush();
      const trace = await loadTrace('bench/traces/git-hono', { lastSteps: 150, splitDevices: false });
      const options = { budget: 1, onProgress: () => undefined };
      const live = await replayLive(trace, policy, { ...options, store: redis.url });
      const inProcess = await replayInProcess(trace, policy, options);
      assert.ok(live.figures.pushedBytes > 0);
      for (const result of [live, inProcess]) {
        // What a clock or a socket told is set aside.
        Object.assign(result.figures, { planUsP50: 0, planUsP99: 0, wireBytes: 0 });
      }
      assert.deepEqual(live, inProcess);
    });
  }
});
