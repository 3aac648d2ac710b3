import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { Model } from '../domain/model-port.js';
import { featureSpec } from '../predictor/feature-spec.js';
import { BatchingModel } from '../predictor/model/batcher.js';
import { GuardedModel } from '../predictor/model/breaker.js';
import { LiveModel } from '../predictor/model/live-model.js';
import { modelInvalid, textOf } from '../predictor/model/failures.js';
import { loadModel } from '../predictor/model/load.js';
import { REAL_TIMER } from '../session/timer.js';

/** The model that comes with Foresync. */
export const SHIPPED_MODEL = fileURLToPath(new URL('../../wasm-model/model', import.meta.url));

/** SHA-256 of the definition of what a model is asked with, hex. */
export const FEATURE_SPEC = createHash('sha256').update(featureSpec()).digest('hex');

/** Opens the model of a folder, shared by all spaces of a node. Throws MODEL_INVALID. */
export async function openLiveModel(folder: string): Promise<LiveModel> {
  return new LiveModel(await openGuarded(folder));
}

/**
 * SHA-256 of the manifest of a folder's model, hex: it names the model, for the manifest has the hashes of the other files.
 * Throws MODEL_INVALID.
 */
export async function modelSha256(folder: string): Promise<string> {
  const file = join(folder, 'manifest.json');
  try {
    return createHash('sha256')
      .update(await readFile(file))
      .digest('hex');
  } catch (cause) {
    throw modelInvalid(file, 'a file that can be read', textOf(cause), cause);
  }
}

/** One model with its queue and its breaker. */
async function openGuarded(folder: string): Promise<Model> {
  const guarded = new GuardedModel(await loadModel(folder, FEATURE_SPEC), REAL_TIMER);
  return new BatchingModel(guarded, () => nextTurn());
}
