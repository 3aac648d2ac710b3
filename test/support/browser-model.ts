/** What a page does with a model: the same code as the server's, over the build of ONNX Runtime for browsers. */
import * as ort from 'onnxruntime-web/wasm';
import type { AdvanceBatch, ScoreBatch } from '../../src/domain/model-port.js';
import { BatchingModel } from '../../src/predictor/model/batcher.js';
import { GuardedModel } from '../../src/predictor/model/breaker.js';
import { LiveModel } from '../../src/predictor/model/live-model.js';
import { openModel } from '../../src/predictor/model/open-model.js';

export interface BrowserTask {
  readonly manifest: Uint8Array;
  readonly files: ReadonlyMap<string, Uint8Array>;
  readonly expectedSpec: string;
  /** ort-wasm-simd-threaded.wasm, which a page would fetch. */
  readonly wasm: Uint8Array;
  /** Of each input its hash: crypto.subtle is asynchronous, and a page brings a hash of its own. */
  readonly hashes: readonly (readonly [bytes: Uint8Array, hash: Uint8Array])[];
  readonly advance: AdvanceBatch;
  readonly score: ScoreBatch;
}

export interface BrowserAnswer {
  readonly next: Float32Array;
  readonly logits: Float32Array;
}

export async function answerOf(task: BrowserTask): Promise<BrowserAnswer> {
  ort.env.wasm.wasmBinary = task.wasm;
  const sha256 = (bytes: Uint8Array): Uint8Array =>
    task.hashes.find(([of]) => String(of) === String(bytes))?.[1] ?? new Uint8Array();
  const model = new LiveModel(guarded(await openModel({ ...task, sha256, ort })));
  const [next, logits] = await Promise.all([model.advance(task.advance), model.score(task.score)]);
  await model.close();
  return { next, logits };
}

function guarded(model: Awaited<ReturnType<typeof openModel>>): BatchingModel {
  const timer = {
    now: () => performance.now(),
    every: (ms: number, callback: () => void) => {
      const handle = setInterval(callback, ms);
      return () => clearInterval(handle);
    },
  };
  return new BatchingModel(new GuardedModel(model, timer), () => Promise.resolve());
}
