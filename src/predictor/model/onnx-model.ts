import type { AdvanceBatch, Model, ModelSizes, ScoreBatch } from '../../domain/model-port.js';
import type { Graph } from './graph.js';
import { sizeOfAdvance, sizeOfScore } from './inputs.js';
import type { ModelManifest } from './manifest.js';
import type { OnnxRuntime } from './runtime.js';

export interface OnnxModelParts {
  readonly id: string;
  readonly manifest: ModelManifest;
  readonly ort: OnnxRuntime;
  readonly advance: Graph;
  readonly score: Graph;
}

/** The model in this thread: a run keeps the thread until it is done. Made by `openModel`. */
export class OnnxModel implements Model {
  readonly id: string;
  readonly manifest: ModelManifest;
  readonly #parts: OnnxModelParts;

  constructor(parts: OnnxModelParts) {
    this.id = parts.id;
    this.manifest = parts.manifest;
    this.#parts = parts;
  }

  get sizes(): ModelSizes {
    return this.manifest.sizes;
  }

  /** users × state. Throws MODEL_FAILED, and FIELD_INVALID for arrays whose lengths do not fit. */
  async advance(batch: AdvanceBatch): Promise<Float32Array> {
    const { users } = sizeOfAdvance(batch, this.sizes);
    if (users === 0) return new Float32Array();
    const feeds = {
      states: this.#floats(batch.states, users),
      descriptors: this.#floats(batch.descriptors, users),
    };
    return this.#parts.advance.run(feeds, users);
  }

  /** One logit a row of features. Throws as `advance` does. */
  async score(batch: ScoreBatch): Promise<Float32Array> {
    const { users, rows } = sizeOfScore(batch, this.sizes);
    if (rows === 0) return new Float32Array();
    const feeds = {
      states: this.#floats(batch.states, users),
      features: this.#floats(batch.features, rows),
      owners: new this.#parts.ort.Tensor('int32', batch.owners, [rows]),
    };
    return this.#parts.score.run(feeds, rows);
  }

  async close(): Promise<void> {
    await Promise.all([this.#parts.advance.close(), this.#parts.score.close()]);
  }

  #floats(values: Float32Array, rows: number) {
    return new this.#parts.ort.Tensor('float32', values, [rows, values.length / rows]);
  }
}
