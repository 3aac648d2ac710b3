import { modelInvalid, textOf } from './failures.js';
import { parseManifest } from './manifest.js';
import type { ModelSource } from './open-model.js';

/** Reads one of a model's files by its name. */
export type ReadFile = (file: string) => Promise<Uint8Array>;

/** A model's manifest and the files that it names. Throws MODEL_INVALID for what cannot be read, and for another feature definition. */
export async function readModel(
  read: ReadFile,
  expectedSpec: string,
): Promise<Pick<ModelSource, 'manifest' | 'files'>> {
  const manifest = await readOne(read, 'manifest.json');
  const { files } = parseManifest(manifest, expectedSpec);
  const names = [files.advance.file, files.score.file];
  const contents = await Promise.all(names.map(async (name) => [name, await readOne(read, name)] as const));
  return { manifest, files: new Map(contents) };
}

async function readOne(read: ReadFile, file: string): Promise<Uint8Array> {
  try {
    return await read(file);
  } catch (cause) {
    throw modelInvalid(file, 'a file that can be read', textOf(cause), cause);
  }
}
