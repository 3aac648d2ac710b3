import assert from 'node:assert/strict';
import { replayInProcess } from '../../src/replay/in-process.js';
import { replayLive } from '../../src/replay/live/live.js';
import { loadTrace } from '../../src/replay/trace.js';
import { startCluster } from '../support/redis/cluster.js';
import type { Deployment } from '../support/redis/deployment.js';

/**
 * How far two nodes may be from one process: each learns of the other's activity by the feed, and what the other learned by
 * its lessons, when they come.
 */
const TOLERANCE = 0.01;

describe('a replay over gRPC with two nodes on a cluster of Redis', function () {
  this.timeout(600_000);
  let redis: Deployment;
  before(async () => (redis = await startCluster()));
  after(() => redis.stop());

  for (const policy of ['recent', 'model'])
    it(`removes as many waits of the bundled trace as one process over memory: ${policy}`, async () => {
      await redis.flush();
      const trace = await loadTrace('bench/traces/git-hono');
      const options = { budget: 1, onProgress: () => undefined };
      const live = await replayLive(trace, policy, { ...options, store: redis.url, nodes: 2 });
      const inProcess = await replayInProcess(trace, policy, options);
      assert.ok(live.figures.pushedBytes > 0);
      assert.equal(live.figures.opens, inProcess.figures.opens);
      const [ours, theirs] = [live, inProcess].map(({ figures }) => figures.waitsRemoved ?? Number.NaN);
      assert.ok(
        Math.abs((ours ?? 0) - (theirs ?? 1)) <= TOLERANCE,
        `${ours ?? ''} instead of ${theirs ?? ''}`,
      );
    });
});
