import type { AdvanceBatch, Model, ModelSizes, ScoreBatch } from '../../src/domain/model-port.js';
import { TINY_SIZES } from './tiny-model.js';

/** A model that does what a test says, and remembers what it was asked. */
export class FakeModel implements Model {
  readonly id: string;
  readonly sizes: ModelSizes;
  readonly advances: AdvanceBatch[] = [];
  readonly scores: ScoreBatch[] = [];
  closed = 0;
  /** What a run waits for, or throws. */
  gate: () => Promise<unknown> = () => Promise.resolve();

  constructor(id = 'fake', sizes = TINY_SIZES) {
    this.id = id;
    this.sizes = sizes;
  }

  /** Each state plus the first value of its descriptor. */
  async advance(batch: AdvanceBatch): Promise<Float32Array> {
    this.advances.push(batch);
    await this.gate();
    const { state, descriptor } = this.sizes;
    return batch.states.map(
      (value, index) => value + (batch.descriptors[Math.floor(index / state) * descriptor] ?? 0),
    );
  }

  /** The first feature of each candidate plus the first value of its owner's state. */
  async score(batch: ScoreBatch): Promise<Float32Array> {
    this.scores.push(batch);
    await this.gate();
    return Float32Array.from(
      batch.owners,
      (owner, row) =>
        (batch.features[row * this.sizes.features] ?? 0) + (batch.states[owner * this.sizes.state] ?? 0),
    );
  }

  close(): Promise<void> {
    this.closed++;
    return Promise.resolve();
  }
}

/** The next turn of the loop. */
export const nextTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
