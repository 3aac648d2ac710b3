import assert from 'node:assert/strict';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { loadModel } from '../../../../src/predictor/model/load.js';
import { assertClose, scoreBatch } from '../../../support/batches.js';
import { scratchFolder } from '../../../support/scratch.js';
import { TINY_SPEC, tinyModel } from '../../../support/tiny-model.js';

describe('loading a model from a folder', () => {
  const tiny = tinyModel();
  let scratch: Awaited<ReturnType<typeof scratchFolder>>;
  let folder: string;
  beforeEach(async () => {
    scratch = await scratchFolder();
    folder = scratch.path;
    await writeFile(join(folder, 'manifest.json'), tiny.manifest);
    for (const [name, bytes] of tiny.files) await writeFile(join(folder, name), bytes);
  });
  afterEach(() => scratch.remove());

  it('answers as the files say', async () => {
    const model = await loadModel(folder, TINY_SPEC);
    const batch = scoreBatch(2, 5);
    assertClose(await model.score(batch), tiny.score(batch));
    await model.close();
  });

  it('refuses a folder from which a file is missing, naming it', async () => {
    await rm(join(folder, 'score.onnx'));
    await assert.rejects(loadModel(folder, TINY_SPEC), {
      code: 'MODEL_INVALID',
      message: /score\.onnx: expected a file that can be read, found ENOENT/,
    });
    await rm(join(folder, 'manifest.json'));
    await assert.rejects(loadModel(folder, TINY_SPEC), { message: /manifest\.json: expected a file/ });
  });

  it('refuses a file that was swapped', async () => {
    await writeFile(join(folder, 'advance.onnx'), tinyModel(3).files.get('advance.onnx') ?? '');
    await assert.rejects(loadModel(folder, TINY_SPEC), { message: /advance\.onnx sha256: expected/ });
  });
});
