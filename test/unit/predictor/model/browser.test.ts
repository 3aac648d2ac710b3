import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { Worker } from 'node:worker_threads';
import { build, type Metafile } from 'esbuild';
import * as ort from 'onnxruntime-web';
import { openModel } from '../../../../src/predictor/model/open-model.js';
import { advanceBatch, scoreBatch } from '../../../support/batches.js';
import type { BrowserAnswer, BrowserTask } from '../../../support/browser-model.js';
import { scratchFolder } from '../../../support/scratch.js';
import { sha256, TINY_SPEC, tinyModel } from '../../../support/tiny-model.js';

const RUNNER = `
const { parentPort, workerData } = require('node:worker_threads');
import(workerData.bundle).then(({ answerOf }) => answerOf(workerData.task)).then((answer) => parentPort.postMessage(answer));
`;

describe('the model in a bundle for browsers', function () {
  this.timeout(60_000);
  let scratch: Awaited<ReturnType<typeof scratchFolder>>;
  let metafile: Metafile;
  let bundle: string;
  before(async () => {
    scratch = await scratchFolder();
    bundle = join(scratch.path, 'model.mjs');
    const built = await build({
      entryPoints: ['test/support/browser-model.ts'],
      bundle: true,
      write: false,
      format: 'esm',
      platform: 'browser',
      conditions: ['foresync-dev'],
      metafile: true,
      // ONNX Runtime asks for these only where it finds itself in Node.
      external: ['node:*', 'module', 'worker_threads'],
    });
    metafile = built.metafile;
    await writeFile(bundle, built.outputFiles[0]?.contents ?? '');
  });
  after(() => scratch.remove());

  it('takes nothing of Node from our code', () => {
    const ours = Object.entries(metafile.inputs).filter(([file]) => !file.includes('node_modules/'));
    assert.ok(ours.some(([file]) => file === 'src/predictor/model/onnx-model.ts'));
    const nodes = ours.flatMap(([file, { imports }]) =>
      imports.filter(({ path }) => path.startsWith('node:')).map(({ path }) => `${file}: ${path}`),
    );
    assert.deepEqual(nodes, []);
  });

  it('answers bit by bit what the server answers', async () => {
    const source = tinyModel();
    const [advance, score] = [advanceBatch(17), scoreBatch(17, 140)];
    const inputs = [source.manifest, ...source.files.values()];
    const ortFolder = dirname(createRequire(import.meta.url).resolve('onnxruntime-web'));
    const task: BrowserTask = {
      manifest: Uint8Array.from(source.manifest),
      files: new Map(Array.from(source.files, ([name, bytes]) => [name, Uint8Array.from(bytes)])),
      expectedSpec: TINY_SPEC,
      wasm: new Uint8Array(await readFile(join(ortFolder, 'ort-wasm-simd-threaded.wasm'))),
      hashes: inputs.map((bytes) => [Uint8Array.from(bytes), Uint8Array.from(sha256(bytes))]),
      advance,
      score,
    };
    const found = await inBrowserBuild(pathToFileURL(bundle).href, task);
    const model = await openModel({ ...source, sha256, expectedSpec: TINY_SPEC, ort });
    assert.deepEqual(found.next, await model.advance(advance));
    assert.deepEqual(found.logits, await model.score(score));
    assert.equal(new Set(found.logits).size, score.owners.length);
    await model.close();
  });
});

/** In a thread of its own, for the bundle brings a runtime of its own. */
function inBrowserBuild(url: string, task: BrowserTask): Promise<BrowserAnswer> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(RUNNER, { eval: true, workerData: { bundle: url, task }, execArgv: [] });
    worker.once('error', reject);
    worker.once('message', (answer: BrowserAnswer) => {
      resolve(answer);
      void worker.terminate();
    });
  });
}
