import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { OnnxModel } from './onnx-model.js';
import { openModel } from './open-model.js';
import { readModel } from './read-model.js';

/**
 * The model of a folder with manifest.json and the files that it names: Node's edge of `openModel`, which says what is
 * thrown. Each call makes a model of its own, to be closed by the caller.
 */
export async function loadModel(folder: string, expectedSpec: string): Promise<OnnxModel> {
  const source = await readModel((file) => readFile(join(folder, file)), expectedSpec);
  // Only here: a server without a model never loads the runtime.
  const ort = await import('onnxruntime-web');
  return openModel({ ...source, sha256, expectedSpec, ort });
}

function sha256(bytes: Uint8Array): Uint8Array {
  return createHash('sha256').update(bytes).digest();
}
