import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import * as wasm from 'onnxruntime-web';
import type { OnnxModel } from '../../src/predictor/model/onnx-model.js';
import { openModel } from '../../src/predictor/model/open-model.js';
import type { OnnxRuntime } from '../../src/predictor/model/runtime.js';
import { sha256, TINY_SPEC, tinyModel } from '../../test/support/tiny-model.js';

/** About what is trained: most of the time goes into candidates × (features × hidden). */
export const BENCH_SIZES = { state: 128, descriptor: 32, features: 48, hidden: 64 };

export type RuntimeName = 'wasm' | 'native';

// Native code is loaded here alone: it is no part of what is installed with the server.
const native = createRequire(import.meta.url)('onnxruntime-node') as OnnxRuntime;
const runtimes: Readonly<Record<RuntimeName, OnnxRuntime>> = { wasm, native };

/** The same files, by the same code, over one runtime or the other; each on one thread. */
export function openOn(name: RuntimeName, folder: string | undefined): Promise<OnnxModel> {
  const source = folder === undefined ? tinyModel(1, undefined, BENCH_SIZES) : trained(folder);
  return openModel({ expectedSpec: TINY_SPEC, ...source, sha256, ort: runtimes[name] });
}

function trained(folder: string) {
  const manifest = readFileSync(join(folder, 'manifest.json'));
  const { feature_spec: expectedSpec, files } = JSON.parse(manifest.toString()) as {
    feature_spec: string;
    files: Record<string, { file: string }>;
  };
  const names = Object.values(files).map(({ file }) => file);
  return {
    manifest,
    expectedSpec,
    files: new Map(names.map((name) => [name, readFileSync(join(folder, name))])),
  };
}
