import { modelFailed } from './failures.js';
import type { BatchSize } from './inputs.js';

export interface BatchLimits {
  /** Most users and candidates of one run; a call that is larger alone runs alone. */
  readonly run: BatchSize;
  /** Most users and candidates that wait; a call beyond it is refused at once, MODEL_FAILED (`overloaded`). */
  readonly queue: BatchSize;
}

/** A call that waits, and who asked. */
interface Waiting<Call> {
  readonly call: Call;
  readonly size: BatchSize;
  readonly resolve: (answer: Float32Array) => void;
  readonly reject: (error: unknown) => void;
}

export interface JointRunsParts<Call> {
  readonly limits: BatchLimits;
  /** Resolves when others had their chance to ask: the next turn of the loop. */
  readonly turn: () => Promise<void>;
  readonly join: (calls: readonly Call[]) => Call;
  readonly run: (call: Call) => Promise<Float32Array>;
  /** Values of the answer that belong to a call. */
  readonly answerLength: (size: BatchSize) => number;
}

/**
 * Calls of one kind, joined into runs in the order in which they came, one run at a time. A call waits for the next turn of
 * the loop; while a run is under way, until that has ended: nothing could compute it earlier. What a run throws reaches
 * exactly those whose calls are in it.
 */
export class JointRuns<Call> {
  readonly #parts: JointRunsParts<Call>;
  readonly #waiting: Waiting<Call>[] = [];
  #users = 0;
  #rows = 0;
  #draining = false;

  constructor(parts: JointRunsParts<Call>) {
    this.#parts = parts;
  }

  ask(call: Call, size: BatchSize): Promise<Float32Array> {
    const { queue } = this.#parts.limits;
    if (this.#users + size.users > queue.users || this.#rows + size.rows > queue.rows) {
      const waits = `${this.#users} users with ${this.#rows} candidates wait`;
      const limit = `at most ${queue.users} and ${queue.rows} may`;
      return Promise.reject(modelFailed('overloaded', `${waits}, ${limit}`));
    }
    return new Promise((resolve, reject) => {
      this.#waiting.push({ call, size, resolve, reject });
      this.#users += size.users;
      this.#rows += size.rows;
      if (!this.#draining) void this.#drain();
    });
  }

  async #drain(): Promise<void> {
    this.#draining = true;
    while (this.#waiting.length > 0) {
      await this.#parts.turn();
      await this.#runOne(this.#take());
    }
    this.#draining = false;
  }

  /** As many of the oldest as one run takes, at least one. */
  #take(): Waiting<Call>[] {
    const { run } = this.#parts.limits;
    let [count, users, rows] = [0, 0, 0];
    for (const { size } of this.#waiting) {
      users += size.users;
      rows += size.rows;
      if (count > 0 && (users > run.users || rows > run.rows)) break;
      count++;
    }
    const taken = this.#waiting.splice(0, count);
    for (const { size } of taken) {
      this.#users -= size.users;
      this.#rows -= size.rows;
    }
    return taken;
  }

  async #runOne(batch: readonly Waiting<Call>[]): Promise<void> {
    const { join, run, answerLength } = this.#parts;
    try {
      const answer = await run(join(batch.map(({ call }) => call)));
      let start = 0;
      for (const { size, resolve } of batch) {
        const end = start + answerLength(size);
        resolve(batch.length === 1 ? answer : answer.slice(start, end));
        start = end;
      }
    } catch (error) {
      for (const { reject } of batch) reject(error);
    }
  }
}
