import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { FEATURE_SPEC } from '../../src/app/model.js';
import { DESCRIPTORS } from '../../src/predictor/descriptors.js';
import { FEATURES } from '../../src/predictor/features.js';
import { type Fault, manifestOf, tinyModel } from './tiny-model.js';

/** What a model of this server's features takes and gives. */
export const SERVER_SIZES = { state: 8, descriptor: DESCRIPTORS.length, features: FEATURES.length };

/** Writes a small model that this server loads into a folder; the same seed makes the same one. */
export function writeModel(folder: string, seed = 1, fault?: Fault): string {
  mkdirSync(folder, { recursive: true });
  const { files } = tinyModel(seed, fault, SERVER_SIZES);
  for (const [name, bytes] of files) writeFileSync(join(folder, name), bytes);
  const names = {
    features: FEATURES.map(({ name }) => name),
    descriptors: DESCRIPTORS.map(({ name }) => name),
  };
  const manifest = manifestOf(files, SERVER_SIZES, { feature_spec: FEATURE_SPEC, ...names });
  writeFileSync(join(folder, 'manifest.json'), manifest);
  return folder;
}
