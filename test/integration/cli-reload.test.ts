import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { run } from '../../src/cli/run.js';
import { writeModel } from '../support/model-folder.js';
import { TokenMaker } from '../support/tokens.js';
import { until } from '../support/until.js';

describe('cli: serve, SIGHUP', () => {
  it('takes the model that is in its folder now; one that cannot be leaves the old one', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'foresync-reload-'));
    const model = writeModel(join(folder, 'model'), 1);
    const config = join(folder, 'foresync.json');
    const settings = {
      server: { listen: '127.0.0.1:0', metricsListen: '127.0.0.1:0' },
      auth: { secretFile: new TokenMaker().writeSecret(folder) },
      push: { policy: 'model', model },
      log: { level: 'silent' },
    };
    writeFileSync(config, JSON.stringify(settings));
    const [out, err] = [new PassThrough(), new PassThrough()];
    const printed = { out: '', err: '' };
    out.on('data', (chunk: Buffer) => (printed.out += chunk.toString()));
    err.on('data', (chunk: Buffer) => (printed.err += chunk.toString()));
    const stop = new AbortController();
    const { signal } = stop;
    const ended = run(['serve', '--config', config], {
      out,
      err,
      isLive: false,
      hasColours: false,
      signal,
    });
    await until(() => printed.out.includes('metrics on port'), 'the server is up');
    const port = /metrics on port (\d+)/.exec(printed.out)?.[1];
    const loads = async (result: string): Promise<number> => {
      const text = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
      return Number(new RegExp(`model_loads_total\\{result="${result}"\\} (\\d+)`).exec(text)?.[1] ?? 0);
    };
    writeModel(model, 2);
    process.kill(process.pid, 'SIGHUP');
    while ((await loads('loaded')) < 2) assert.equal(printed.err, '');
    writeFileSync(join(model, 'advance.onnx'), 'broken');
    process.kill(process.pid, 'SIGHUP');
    await until(() => printed.err.endsWith('\n'), 'the complaint');
    assert.match(printed.err, /^foresync: the old model stays: \[MODEL_INVALID\] advance\.onnx sha256: /);
    assert.deepEqual([await loads('loaded'), await loads('refused')], [2, 1]);
    stop.abort();
    assert.equal(await ended, 0);
    rmSync(folder, { recursive: true });
  });
});
