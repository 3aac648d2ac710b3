import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { RECORDED } from '../../app-recording.js';

/** Version of the layout of a feature folder. */
export const FEATURE_FORMAT = 1;

/** What features were made from, as their meta.json has it: the same origin and definition give the same files. */
export interface FeatureOrigin {
  readonly trace_sha256: string;
  /** null = all steps. */
  readonly last_steps: number | null;
  readonly seed: number;
  /** Who pushed meanwhile, for how much, and with which model (its manifest's hash, null if it asks none). */
  readonly pusher: string;
  readonly budget: number;
  readonly model_sha256: string | null;
}

/** Whether a folder holds finished features of this origin, by the definition of this version. */
export async function hasFeaturesOf(folder: string, origin: FeatureOrigin): Promise<boolean> {
  const found = await metaOf(folder);
  const wanted = { format: FEATURE_FORMAT, feature_spec: RECORDED.spec, ...origin };
  return Object.entries(wanted).every(([field, value]) => found.get(field) === value);
}

/** Fields of meta.json; none if there is none or it is no JSON object, for then the features are made anew. */
async function metaOf(folder: string): Promise<ReadonlyMap<string, unknown>> {
  try {
    const meta: unknown = JSON.parse(await readFile(join(folder, 'meta.json'), 'utf8'));
    return new Map(typeof meta === 'object' && meta !== null ? Object.entries(meta) : []);
  } catch {
    return new Map();
  }
}
