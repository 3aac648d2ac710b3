import assert from 'node:assert/strict';
import { StoreReporter } from '../../../src/app/store-reporter.js';
import { ForesyncError } from '../../../src/domain/errors.js';
import { createLogger } from '../../../src/telemetry/logger.js';
import { createMetrics } from '../../../src/telemetry/metrics.js';
import { sink } from '../../support/app-world.js';

describe('app/store-reporter', () => {
  it('tells that writes are degraded once, and that it is over after a while without one', () => {
    const lines: string[] = [];
    const turns: boolean[] = [];
    let now = 0;
    const reporter = new StoreReporter(createMetrics(), createLogger('info', sink(lines)), () => now);
    reporter.follow((whole) => turns.push(whole));
    reporter.acknowledged('replicated');
    reporter.acknowledged('degraded');
    reporter.acknowledged('degraded');
    now = 5000;
    reporter.acknowledged('replicated');
    assert.deepEqual(turns, [true, false], 'another shard may still be degraded');
    now = 5001;
    reporter.acknowledged('replicated');
    reporter.acknowledged('replicated');
    assert.deepEqual(turns, [true, false, true]);
    assert.equal(lines.length, 2);
  });

  it('counts everything', async () => {
    const metrics = createMetrics();
    const lines: string[] = [];
    const reporter = new StoreReporter(metrics, createLogger('info', sink(lines)), () => 0);
    reporter.acknowledged('replicated');
    reporter.acknowledged('local');
    reporter.retried('ask');
    reporter.logLost();
    reporter.fault(new ForesyncError('STORE_UNAVAILABLE', 'away'));
    const text = await metrics.registry.metrics();
    for (const line of [
      'foresync_store_writes_total{durability="replicated"} 1',
      'foresync_store_writes_total{durability="local"} 1',
      'foresync_store_retries_total{reason="ask"} 1',
      'foresync_store_logs_lost_total 1',
      'foresync_faults_total{what="store"} 1',
    ])
      assert.ok(text.includes(line), line);
    assert.equal(lines.length, 2);
  });
});
