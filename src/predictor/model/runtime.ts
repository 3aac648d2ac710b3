import type * as onnx from 'onnxruntime-web';

/**
 * What the model needs of ONNX Runtime. It comes in as an argument: `onnxruntime-web` in Node, `onnxruntime-web/wasm` in a
 * browser, `onnxruntime-node` in the bench.
 */
export type OnnxRuntime = Pick<typeof onnx, 'InferenceSession' | 'Tensor' | 'env'>;

export type Session = onnx.InferenceSession;
export type Tensor = onnx.Tensor;

/** One thread each: the server has one core for its loop, and a browser page is rarely isolated enough for more. */
export const SESSION_OPTIONS: onnx.InferenceSession.SessionOptions = {
  // Also the name of the WebAssembly backend in onnxruntime-web.
  executionProviders: ['cpu'],
  intraOpNumThreads: 1,
  interOpNumThreads: 1,
  executionMode: 'sequential',
  graphOptimizationLevel: 'all',
  // Errors alone: they are thrown as well, but warnings would go to stderr past our log.
  logSeverityLevel: 3,
};

/** Before the first session: no workers, no chatter. All builds of this version use SIMD. */
export function prepareRuntime({ env }: OnnxRuntime): void {
  env.wasm.numThreads = 1;
  env.logLevel = 'error';
}
