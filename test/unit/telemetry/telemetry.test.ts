import assert from 'node:assert/strict';
import { Writable } from 'node:stream';
import { createLogger } from '../../../src/telemetry/logger.js';
import { createMetrics } from '../../../src/telemetry/metrics.js';
import { serveMetrics } from '../../../src/telemetry/metrics-server.js';

describe('telemetry/logger', () => {
  const logged = (level: 'info' | 'silent', ...entries: object[]): string[] => {
    const lines: string[] = [];
    const sink = new Writable({
      write(chunk: Buffer, _encoding, done) {
        lines.push(chunk.toString());
        done();
      },
    });
    const logger = createLogger(level, sink);
    for (const entry of entries) logger.info(entry, 'call');
    logger.debug('too fine');
    return lines;
  };

  it('writes one line of JSON with the time, and nothing of the machine', () => {
    const [line, ...more] = logged('info', { method: 'Sync', code: 'OK' });
    const { time, ...rest } = JSON.parse(line ?? '') as Record<string, unknown>;
    assert.match(String(time), /^\d{4}-\d\d-\d\dT/);
    assert.deepEqual([rest, more], [{ level: 30, method: 'Sync', code: 'OK', msg: 'call' }, []]);
  });

  it('removes what should never have been handed to it', () => {
    const text = logged('info', {
      token: 't0',
      user: 'alice',
      call: { authorization: 'Bearer t0', query: 'q' },
    }).join();
    for (const secret of ['t0', 'alice', '"q"']) assert.ok(!text.includes(secret), secret);
  });

  it('is silent when it should be', () => {
    assert.deepEqual(logged('silent', { method: 'Sync' }), []);
  });
});

describe('telemetry/metrics', () => {
  it('keeps two servers of one process apart', async () => {
    const [one, other] = [createMetrics(), createMetrics()];
    one.calls.inc({ method: 'Sync', code: 'OK' });
    assert.match(await one.registry.metrics(), /foresync_rpc_calls_total\{method="Sync",code="OK"\} 1/);
    assert.ok(!(await other.registry.metrics()).includes('method="Sync"'));
  });

  it('serves them at /metrics of a port of its own, and nothing else', async () => {
    const { registry } = createMetrics();
    const server = await serveMetrics(registry, '127.0.0.1', 0);
    const base = `http://127.0.0.1:${server.port}`;
    try {
      const found = await fetch(`${base}/metrics`);
      assert.equal(found.status, 200);
      assert.match(await found.text(), /foresync_open_sessions 0/);
      assert.equal((await fetch(`${base}/`)).status, 404);
      assert.equal((await fetch(`${base}/metrics`, { method: 'POST' })).status, 404);
      await assert.rejects(serveMetrics(registry, '127.0.0.1', server.port), { code: 'EADDRINUSE' });
    } finally {
      await server.close();
    }
  });

  it('says that it failed when it did', async () => {
    const metrics = createMetrics();
    metrics.registry.metrics = () => Promise.reject(new Error('broken'));
    const server = await serveMetrics(metrics.registry, '127.0.0.1', 0);
    try {
      assert.equal((await fetch(`http://127.0.0.1:${server.port}/metrics`)).status, 500);
    } finally {
      await server.close();
    }
  });
});
