import assert from 'node:assert/strict';
import fc from 'fast-check';
import * as ort from 'onnxruntime-web';
import type { OnnxModel } from '../../../../src/predictor/model/onnx-model.js';
import { openModel } from '../../../../src/predictor/model/open-model.js';
import { advanceBatch, assertClose, scoreBatch } from '../../../support/batches.js';
import { sha256, TINY_SPEC, tinyModel } from '../../../support/tiny-model.js';

const tiny = tinyModel();
const open = (model = tiny): Promise<OnnxModel> =>
  openModel({ ...model, sha256, expectedSpec: TINY_SPEC, ort });

describe('an ONNX model', () => {
  let model: OnnxModel;
  before(async () => {
    model = await open();
  });
  after(() => model.close());

  it('is named by the hash of its manifest, which it shows', () => {
    assert.equal(model.id, Buffer.from(sha256(tiny.manifest)).toString('hex'));
    assert.deepEqual(model.sizes, { state: 4, descriptor: 3, features: 5 });
    assert.deepEqual(model.manifest.calibration, { kind: 'none' });
    assert.equal(ort.env.wasm.numThreads, 1);
  });

  it('answers what the same network computes in TypeScript', () =>
    fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 9 }),
        fc.integer({ min: 1, max: 30 }),
        async (users, rows) => {
          const [steps, candidates] = [advanceBatch(users, rows), scoreBatch(users, rows, users)];
          assertClose(await model.advance(steps), tiny.advance(steps));
          assertClose(await model.score(candidates), tiny.score(candidates));
        },
      ),
      { numRuns: 30 },
    ));

  it('answers nothing to nothing', async () => {
    assert.equal((await model.advance(advanceBatch(0))).length, 0);
    assert.equal((await model.score(scoreBatch(3, 0))).length, 0);
  });

  it('refuses arrays that do not fit, naming the field', async () => {
    const [steps, candidates] = [advanceBatch(2), scoreBatch(2, 3)];
    const refuses = (work: Promise<unknown>, field: string) =>
      assert.rejects(work, (error: { code?: string; details?: { field?: string } }) => {
        assert.deepEqual([error.code, error.details?.field], ['FIELD_INVALID', field]);
        return true;
      });
    await refuses(model.advance({ ...steps, states: new Float32Array(7) }), 'states');
    await refuses(model.advance({ ...steps, descriptors: new Float32Array(3) }), 'descriptors');
    await refuses(model.score({ ...candidates, features: new Float32Array(4) }), 'features');
    await refuses(model.score({ ...candidates, owners: new Int32Array(5) }), 'owners');
    await refuses(model.score({ ...candidates, owners: Int32Array.of(0, 1, 0, 2, 0, 0) }), 'owners[3]');
    await refuses(model.score({ ...candidates, owners: Int32Array.of(0, -1, 0, 0, 0, 0) }), 'owners[1]');
  });

  it('fails when an answer is not finite', async () => {
    const faulty = await open(tinyModel(1, 'overflow'));
    const candidates = scoreBatch(1, 3);
    candidates.features.fill(100);
    await assert.rejects(faulty.score(candidates), {
      code: 'MODEL_FAILED',
      rawMessage: 'score.onnx: logits has values that are not finite',
    });
    await faulty.close();
    await assert.rejects(faulty.score(scoreBatch(1, 3)), { code: 'MODEL_FAILED' });
  });
});
