import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { ForesyncError } from '../domain/errors.js';
import type { Model } from '../domain/model-port.js';
import { featureSpec } from '../predictor/feature-spec.js';
import { BatchingModel } from '../predictor/model/batcher.js';
import type { BreakerObserver } from '../predictor/model/breaker.js';
import { GuardedModel } from '../predictor/model/breaker.js';
import { BREAKER_RULES, type BreakerRules } from '../predictor/model/breaker-state.js';
import { LiveModel } from '../predictor/model/live-model.js';
import { modelInvalid, textOf } from '../predictor/model/failures.js';
import { loadModel } from '../predictor/model/load.js';
import { REAL_TIMER } from '../session/timer.js';

/** The model that comes with Foresync. */
export const SHIPPED_MODEL = fileURLToPath(new URL('../../wasm-model/model', import.meta.url));

/** SHA-256 of the definition of what a model is asked with, hex. */
export const FEATURE_SPEC = createHash('sha256').update(featureSpec()).digest('hex');

/** Hears of a node's model, for logs, metrics and health. */
export interface ModelObserver {
  /** Answers who hears of this model's breaker. */
  loaded(id: string): BreakerObserver;
  /** What is in the folder is no model for this server; the one before, if there is one, goes on. */
  refused(error: ForesyncError): void;
}

/** Where a model comes from, and who hears of it. */
export interface ModelSource {
  readonly folder: string;
  readonly load?: LoadModel | undefined;
  readonly observer?: ModelObserver;
  /** When it counts as failed; left out: as for a server. */
  readonly rules?: BreakerRules;
}

/** Reads a model from a folder. Throws MODEL_INVALID. */
export type LoadModel = (folder: string) => Promise<Model>;

/** Opens the model of a folder, shared by all spaces of a node. Throws MODEL_INVALID. */
export async function openLiveModel(source: ModelSource): Promise<LiveModel> {
  return new LiveModel(await openGuarded(source));
}

/** Swaps to what is in the folder now. Throws MODEL_INVALID, and then the model of before goes on. */
export async function reloadModel(live: LiveModel, source: ModelSource): Promise<void> {
  await live.load(() => openGuarded(source));
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
async function openGuarded(source: ModelSource): Promise<Model> {
  const { folder, load = loadFiles, observer, rules = BREAKER_RULES } = source;
  const model = await load(folder).catch((thrown: unknown) => {
    const error = ForesyncError.from(thrown);
    observer?.refused(error);
    throw error;
  });
  const guarded = new GuardedModel(model, REAL_TIMER, rules, observer?.loaded(model.id) ?? null);
  return new BatchingModel(guarded, () => nextTurn());
}

const loadFiles: LoadModel = (folder) => loadModel(folder, FEATURE_SPEC);
