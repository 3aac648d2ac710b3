import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { RECORDED } from '../../app-recording.js';
import type { TraceMeta } from '../trace-types.js';
import { ColumnFile } from './column-file.js';
import { FEATURE_FORMAT, type FeatureOrigin } from './feature-origin.js';

/** A candidate as training sees it. */
export interface Row {
  readonly features: Float32Array;
  readonly base: Float32Array;
  /** In which of the user's next steps it is opened, 0 = not. */
  readonly opensIn: number;
  readonly bytes: number;
  /** How many candidates it stands for. */
  readonly weight: number;
}

/** Of a user without a step. */
const NO_STEP = 0xffff_ffff;

/**
 * A folder of feature files, the input of wasm-model/train.py: wasm-model/README.md describes each file. `meta.json` goes
 * first and comes last: a folder whose writing was cut off has none.
 */
export class FeatureFolder {
  readonly #folder: string;
  readonly #files: Record<FileName, ColumnFile>;
  #steps = 0;
  #plans = 0;
  #rows = 0;

  constructor(folder: string) {
    this.#folder = folder;
    rmSync(join(folder, 'meta.json'), { force: true });
    const open = (name: FileName): [FileName, ColumnFile] => [name, new ColumnFile(join(folder, name))];
    // Every name is there, for they come from the list of names.
    this.#files = Object.fromEntries(FILE_NAMES.map(open)) as Record<FileName, ColumnFile>;
  }

  /** The step's number. */
  step(user: number, timeS: number, descriptor: Float32Array): number {
    this.#files['step_user.u32'].write(Uint32Array.of(user));
    this.#files['step_time.f64'].write(Float64Array.of(timeS));
    this.#files['descriptors.f32'].write(descriptor);
    return this.#steps++;
  }

  /** `step` = the user's last one, undefined if there was none. */
  plan(step: number | undefined, kind: 'user' | 'holder', rows: readonly Row[]): void {
    this.#files['plan_step.u32'].write(Uint32Array.of(step ?? NO_STEP));
    this.#files['plan_kind.u8'].write(Uint8Array.of(kind === 'user' ? 0 : 1));
    this.#files['plan_begin.u32'].write(Uint32Array.of(this.#rows));
    for (const { features, base, opensIn, bytes, weight } of rows) {
      this.#files['features.f32'].write(features);
      this.#files['base.f32'].write(base);
      this.#files['opened_in.u8'].write(Uint8Array.of(opensIn));
      this.#files['bytes.f32'].write(Float32Array.of(bytes));
      this.#files['weight.f32'].write(Float32Array.of(weight));
    }
    this.#plans += 1;
    this.#rows += rows.length;
  }

  close({ name, licence, train }: TraceMeta, origin: FeatureOrigin): void {
    this.#files['plan_begin.u32'].write(Uint32Array.of(this.#rows));
    for (const file of Object.values(this.#files)) file.close();
    const meta = {
      format: FEATURE_FORMAT,
      trace: name,
      licence,
      train,
      feature_spec: RECORDED.spec,
      features: RECORDED.features,
      descriptors: RECORDED.descriptors,
      base: RECORDED.base,
      steps: this.#steps,
      plans: this.#plans,
      rows: this.#rows,
      ...origin,
    };
    writeFileSync(join(this.#folder, 'meta.json'), `${JSON.stringify(meta, null, 2)}\n`);
  }
}

const FILE_NAMES = [
  'step_user.u32',
  'step_time.f64',
  'descriptors.f32',
  'plan_step.u32',
  'plan_kind.u8',
  'plan_begin.u32',
  'features.f32',
  'base.f32',
  'opened_in.u8',
  'bytes.f32',
  'weight.f32',
] as const;

type FileName = (typeof FILE_NAMES)[number];
