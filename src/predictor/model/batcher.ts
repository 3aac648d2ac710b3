import type { AdvanceBatch, Model, ModelSizes, ScoreBatch } from '../../domain/model-port.js';
import { checkFinite, sizeOfAdvance, sizeOfScore } from './inputs.js';
import { JointRuns, type BatchLimits } from './joint-runs.js';

/**
 * A run keeps the loop for as long as it takes, so it is small: 32 users with 140 candidates each are about 2 ms, and larger
 * ones score no more a second (bench:predict). The queue is about 60 such runs, 50 MB of features; by then plans are stale.
 */
export const BATCH_LIMITS: BatchLimits = {
  run: { users: 256, rows: 32 * 140 },
  queue: { users: 4096, rows: 262_144 },
};

/**
 * A model that computes what is asked of it at about the same time in common runs. Inputs are checked call by call, so that
 * one caller's nonsense (FIELD_INVALID) is never another's.
 */
export class BatchingModel implements Model {
  readonly id: string;
  readonly sizes: ModelSizes;
  readonly #inner: Model;
  readonly #advances: JointRuns<AdvanceBatch>;
  readonly #scores: JointRuns<ScoreBatch>;

  constructor(inner: Model, turn: () => Promise<void>, limits: BatchLimits = BATCH_LIMITS) {
    this.id = inner.id;
    this.sizes = inner.sizes;
    this.#inner = inner;
    const { state } = inner.sizes;
    this.#advances = new JointRuns({
      limits,
      turn,
      join: joinAdvances,
      run: (batch) => inner.advance(batch),
      answerLength: ({ users }) => users * state,
    });
    this.#scores = new JointRuns({
      limits,
      turn,
      join: (calls) => joinScores(calls, state),
      run: (batch) => inner.score(batch),
      answerLength: ({ rows }) => rows,
    });
  }

  async advance(batch: AdvanceBatch): Promise<Float32Array> {
    const size = sizeOfAdvance(batch, this.sizes);
    checkFinite('states', batch.states);
    checkFinite('descriptors', batch.descriptors);
    return this.#advances.ask(batch, size);
  }

  async score(batch: ScoreBatch): Promise<Float32Array> {
    const size = sizeOfScore(batch, this.sizes);
    checkFinite('states', batch.states);
    checkFinite('features', batch.features);
    return this.#scores.ask(batch, size);
  }

  close(): Promise<void> {
    return this.#inner.close();
  }
}

function joinAdvances(calls: readonly AdvanceBatch[]): AdvanceBatch {
  const [first] = calls;
  if (first !== undefined && calls.length === 1) return first;
  return {
    states: concat(calls.map(({ states }) => states)),
    descriptors: concat(calls.map(({ descriptors }) => descriptors)),
  };
}

function joinScores(calls: readonly ScoreBatch[], state: number): ScoreBatch {
  const [first] = calls;
  if (first !== undefined && calls.length === 1) return first;
  const owners = new Int32Array(calls.reduce((sum, call) => sum + call.owners.length, 0));
  let [users, rows] = [0, 0];
  for (const call of calls) {
    for (const owner of call.owners) owners[rows++] = users + owner;
    users += call.states.length / state;
  }
  return {
    states: concat(calls.map(({ states }) => states)),
    features: concat(calls.map(({ features }) => features)),
    owners,
  };
}

function concat(parts: readonly Float32Array[]): Float32Array {
  const all = new Float32Array(parts.reduce((sum, part) => sum + part.length, 0));
  let offset = 0;
  for (const part of parts) {
    all.set(part, offset);
    offset += part.length;
  }
  return all;
}
