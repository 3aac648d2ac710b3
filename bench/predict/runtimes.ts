import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import * as wasm from 'onnxruntime-web';
import { FEATURE_SPEC } from '../../src/app/model.js';
import { parseManifest } from '../../src/predictor/model/manifest.js';
import type { OnnxModel } from '../../src/predictor/model/onnx-model.js';
import { openModel } from '../../src/predictor/model/open-model.js';
import type { OnnxRuntime } from '../../src/predictor/model/runtime.js';

export type RuntimeName = 'wasm' | 'native';

// Native code is loaded here alone: it is no part of what is installed with the server.
const native = createRequire(import.meta.url)('onnxruntime-node') as OnnxRuntime;
const runtimes: Readonly<Record<RuntimeName, OnnxRuntime>> = { wasm, native };

/** The model of a folder, by the same code, over one runtime or the other; each on one thread. Throws MODEL_INVALID. */
export function openOn(name: RuntimeName, folder: string): Promise<OnnxModel> {
  const manifest = readFileSync(join(folder, 'manifest.json'));
  const { advance, score } = parseManifest(manifest, FEATURE_SPEC).files;
  const files = new Map([advance, score].map(({ file }) => [file, readFileSync(join(folder, file))]));
  const sha256 = (bytes: Uint8Array): Uint8Array => createHash('sha256').update(bytes).digest();
  return openModel({ manifest, files, sha256, expectedSpec: FEATURE_SPEC, ort: runtimes[name] });
}
