import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { openDeviceModel } from '../../../ranking/open-device-model.js';
import type { ForesyncError } from '../../../src/domain/errors.js';
import { FEATURE_SPEC } from '../../../src/app/model.js';
import { loadModel } from '../../../src/predictor/model/load.js';
import { SERVER_SIZES, writeModel } from '../../support/model-folder.js';
import { advanceBatch, scoreBatch } from '../../support/batches.js';
import { scratchFolder } from '../../support/scratch.js';
import { sha256 } from '../../support/tiny-model.js';

describe('opening the model of a device', function () {
  this.timeout(30_000);
  let scratch: Awaited<ReturnType<typeof scratchFolder>>;
  beforeEach(async () => {
    scratch = await scratchFolder();
  });
  afterEach(() => scratch.remove());

  const read = (file: string): Promise<Uint8Array> => readFile(join(scratch.path, file));

  it('answers bit by bit what the server answers, whether it finds its WebAssembly or is given it', async () => {
    writeModel(scratch.path);
    const server = await loadModel(scratch.path, FEATURE_SPEC);
    const wasm = createRequire(import.meta.url).resolve('onnxruntime-web/ort-wasm-simd-threaded.wasm');
    const [advance, score] = [advanceBatch(3, 1, SERVER_SIZES), scoreBatch(3, 20, 1, SERVER_SIZES)];
    for (const given of [undefined, new Uint8Array(await readFile(wasm))]) {
      const model = await openDeviceModel({ read, sha256, wasm: given });
      assert.equal(model.id, server.id);
      assert.deepEqual(await model.advance(advance), await server.advance(advance));
      assert.deepEqual(await model.score(score), await server.score(score));
      await model.close();
    }
    await server.close();
  });

  it('refuses what the server refuses, in the same words', async () => {
    const refused = async (): Promise<void> => {
      const server = await errorOf(loadModel(scratch.path, FEATURE_SPEC));
      const device = await errorOf(openDeviceModel({ read, sha256 }));
      assert.deepEqual(
        [device.code, device.message, device.details.field],
        [server.code, server.message, server.details.field],
      );
      assert.equal(device.code, 'MODEL_INVALID');
    };
    await refused();
    writeModel(scratch.path);
    const score = await read('score.onnx');
    await writeFile(join(scratch.path, 'score.onnx'), score.subarray(1));
    await refused();
    const manifest = new TextDecoder().decode(await read('manifest.json'));
    for (const wrong of [
      manifest.replace(FEATURE_SPEC, 'beef'),
      manifest.replace('"format":1', '"format":2'),
      'nothing',
    ]) {
      await writeFile(join(scratch.path, 'manifest.json'), wrong);
      await refused();
    }
  });
});

async function errorOf(opening: Promise<unknown>): Promise<ForesyncError> {
  try {
    await opening;
  } catch (error) {
    // What both throw.
    return error as ForesyncError;
  }
  throw new Error('it was opened');
}
