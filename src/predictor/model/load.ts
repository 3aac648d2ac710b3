import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { modelInvalid, textOf } from './failures.js';
import { parseManifest } from './manifest.js';
import type { OnnxModel } from './onnx-model.js';
import { openModel } from './open-model.js';

/**
 * The model of a folder with manifest.json and the files that it names: Node's edge of `openModel`, which says what is
 * thrown. Each call makes a model of its own, to be closed by the caller.
 */
export async function loadModel(folder: string, expectedSpec: string): Promise<OnnxModel> {
  const manifest = await read(folder, 'manifest.json');
  const { files } = parseManifest(manifest, expectedSpec);
  const names = [files.advance.file, files.score.file];
  const contents = await Promise.all(names.map(async (name) => [name, await read(folder, name)] as const));
  // Only here: a server without a model never loads the runtime.
  const ort = await import('onnxruntime-web');
  return openModel({ manifest, files: new Map(contents), sha256, expectedSpec, ort });
}

function sha256(bytes: Uint8Array): Uint8Array {
  return createHash('sha256').update(bytes).digest();
}

async function read(folder: string, name: string): Promise<Uint8Array> {
  try {
    return await readFile(join(folder, name));
  } catch (cause) {
    throw modelInvalid(join(folder, name), 'a file that can be read', textOf(cause), cause);
  }
}
