import { mkdir } from 'node:fs/promises';
import { modelSha256, SHIPPED_MODEL } from '../../app/model.js';
import { needsModel } from '../../app/rankings.js';
import { seededRandom } from '../../util/seeded-random.js';
import { loadTrace } from '../trace.js';
import { traceSha256 } from '../trace-sha256.js';
import { hasFeaturesOf, type FeatureOrigin } from './feature-origin.js';
import { recordFeatures } from './record-features.js';

export interface WriteFeatures {
  /** Folder of the trace. */
  readonly trace: string;
  /** Where to write; it is made if it is not there. */
  readonly out: string;
  /** Only the last steps; null = all. */
  readonly lastSteps: number | null;
  /** Of the candidates that are drawn. */
  readonly seed: number;
  /** The policy that pushes meanwhile, its budget, and the folder of its model (null = the shipped one). */
  readonly pusher: string;
  readonly budget: number;
  readonly model: string | null;
  /** Leave features that are there already and would be the same again. */
  readonly reuse: boolean;
  readonly signal: AbortSignal;
  onProgress(steps: number, total: number): void;
}

/**
 * Writes the features of a trace folder. Answers whether it did, or those that were there are kept. Throws TRACE_INVALID,
 * MODEL_INVALID.
 */
export async function writeFeatures(options: WriteFeatures): Promise<'written' | 'kept'> {
  const { trace, out, lastSteps, seed, pusher, budget, model, signal } = options;
  const origin: FeatureOrigin = {
    ...{ trace_sha256: await traceSha256(trace), last_steps: lastSteps, seed, pusher },
    budget: pusher === 'none' ? 0 : budget,
    model_sha256: needsModel(pusher) ? await modelSha256(model ?? SHIPPED_MODEL) : null,
  };
  if (options.reuse && (await hasFeaturesOf(out, origin))) return 'kept';
  const loaded = await loadTrace(trace, { lastSteps, splitDevices: false });
  await mkdir(out, { recursive: true });
  await recordFeatures(loaded, out, seededRandom(seed), origin, {
    ...{ pusher, budget: origin.budget, model, signal },
    onProgress: (steps, total) => options.onProgress(steps, total),
  });
  return 'written';
}
