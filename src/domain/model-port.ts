import type { Pseudonym, SpaceId } from './ids.js';

/**
 * A trained network in two graphs, both batched and without memory of their own: the recurrent state comes in and goes
 * out. Implemented by predictor/model. All arrays are row-major float32.
 */
export interface Model {
  /** SHA-256 of its manifest, hex: names the model that a recurrent state belongs to. */
  readonly id: string;
  readonly sizes: ModelSizes;
  /** The users' next states. Throws MODEL_FAILED. */
  advance(batch: AdvanceBatch): Promise<Float32Array>;
  /** A logit for each row of features. Throws MODEL_FAILED. */
  score(batch: ScoreBatch): Promise<Float32Array>;
  close(): Promise<void>;
}

/** Columns of each array. */
export interface ModelSizes {
  readonly state: number;
  readonly descriptor: number;
  readonly features: number;
}

export interface AdvanceBatch {
  /** users × state; zeroes are the state of a user of whom nothing was seen. */
  readonly states: Float32Array;
  /** users × descriptor. */
  readonly descriptors: Float32Array;
}

export interface ScoreBatch {
  /** users × state. */
  readonly states: Float32Array;
  /** candidates × features, of all users. */
  readonly features: Float32Array;
  /** For each candidate the row of its user in `states`. */
  readonly owners: Int32Array;
}

/** Where the recurrent states of a space's users are kept: memory before, the store behind. */
export interface RecurrentStates {
  /** The user's state under a model; undefined if there is none, or one of another model. */
  get(user: Pseudonym, model: string): Promise<Float32Array | undefined>;
  /** Replaces it by compare-and-set; of two writers at once the later one loses, which costs the newest step alone. */
  put(user: Pseudonym, model: string, state: Float32Array): Promise<void>;
  /** Drops what is remembered of a user; the next use reads the store. */
  forget(user: Pseudonym): void;
}

/** What stands behind `RecurrentStates`: the two methods of the store's users, by other names. */
export interface StateStore {
  /** Version 0 and no bytes if there is none. */
  load(user: Pseudonym, space: SpaceId): Promise<{ readonly version: number; readonly bytes: Uint8Array }>;
  /** Replaces it if its version is still `expectedVersion`, and answers whether it did. At most `RECURRENT_BYTES`. */
  save(user: Pseudonym, space: SpaceId, expectedVersion: number, bytes: Uint8Array): Promise<boolean>;
}
