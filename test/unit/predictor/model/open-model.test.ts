import assert from 'node:assert/strict';
import * as ort from 'onnxruntime-web';
import type { ModelSource } from '../../../../src/predictor/model/open-model.js';
import { openModel } from '../../../../src/predictor/model/open-model.js';
import type { OnnxRuntime } from '../../../../src/predictor/model/runtime.js';
import { scoreBatch } from '../../../support/batches.js';
import type { Fault } from '../../../support/tiny-model.js';
import { manifestOf, sha256, TINY_SIZES, TINY_SPEC, tinyModel } from '../../../support/tiny-model.js';

const tiny = tinyModel();
const source = { ...tiny, sha256, expectedSpec: TINY_SPEC, ort };

const refuses = (more: Partial<ModelSource>, message: RegExp): Promise<void> =>
  assert.rejects(openModel({ ...source, ...more }), { code: 'MODEL_INVALID', message });

describe('opening a model', () => {
  it('refuses a file that was swapped, naming both hashes', async () => {
    const files = new Map(tiny.files).set(
      'score.onnx',
      tinyModel(2).files.get('score.onnx') ?? tiny.manifest,
    );
    await refuses({ files }, /score\.onnx sha256: expected [0-9a-f]{64}, found [0-9a-f]{64}/);
  });

  it('refuses a file that is missing', () =>
    refuses({ files: new Map() }, /advance\.onnx: expected a file, found none/));

  it('refuses a model of other features', () =>
    refuses({ expectedSpec: 'f00d' }, /feature_spec: expected f00d, found 5bec/));

  it('refuses bytes that are no graph', async () => {
    const files = new Map(tiny.files).set('advance.onnx', Buffer.from('no graph'));
    await refuses(
      { files, manifest: manifestOf(files) },
      /advance\.onnx: expected a graph that ONNX Runtime/,
    );
  });

  it('refuses graphs of other sizes than the manifest says', async () => {
    const manifest = manifestOf(tiny.files, { ...TINY_SIZES, features: 6 });
    await refuses({ manifest }, /score\.onnx features: expected 6 columns, found 5/);
    const state = manifestOf(tiny.files, { ...TINY_SIZES, state: 5 });
    await refuses({ manifest: state }, /advance\.onnx states: expected 5 columns, found 4/);
  });

  it('refuses graphs with other names', async () => {
    const files = new Map(tiny.files).set('score.onnx', tiny.files.get('advance.onnx') ?? tiny.manifest);
    await refuses({ files, manifest: manifestOf(files) }, /expected features,owners,states → logits, found/);
  });

  for (const [fault, message] of [
    ['nan', /not finite/],
    ['column', /score\.onnx logits: expected 1 dimensions, found 2/],
    ['squeezed', /logits is float32 \[\], expected float32 \[1\]/],
  ] as const satisfies readonly (readonly [Fault, RegExp])[])
    it(`refuses the fault model '${fault}'`, () => refuses(tinyModel(1, fault), message));

  it('fails a run whose output is missing, or has another type or shape', async () => {
    let answer: object = {};
    const faulty = { ...ort, InferenceSession: { create: (...args: [Uint8Array]) => wrapped(args) } };
    const wrapped = async ([bytes]: [Uint8Array]) => {
      const session = await ort.InferenceSession.create(bytes);
      const run = async (feeds: ort.InferenceSession.FeedsType) => ({
        ...(await session.run(feeds)),
        ...answer,
      });
      return new Proxy(session, {
        get: (of, name): unknown => (name === 'run' ? run : Reflect.get(of, name, of)),
      });
    };
    const model = await openModel({ ...source, ort: faulty as unknown as OnnxRuntime });
    for (const [logits, message] of [
      [undefined, /logits is nothing, expected float32 \[4\]/],
      [new ort.Tensor('float32', new Float32Array(5), [5]), /is float32 \[5\], expected/],
      [new ort.Tensor('int32', new Int32Array(4), [4]), /is int32 \[4\], expected/],
    ] as const) {
      answer = { logits };
      await assert.rejects(model.score(scoreBatch(2, 2)), { code: 'MODEL_FAILED', message });
    }
    answer = {};
    assert.equal((await model.score(scoreBatch(2, 2))).length, 4);
    await model.close();
  });
});
