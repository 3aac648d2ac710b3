import { ForesyncError } from '../../domain/errors.js';
import type { AdvanceBatch, Model, ModelSizes, ScoreBatch } from '../../domain/model-port.js';
import { admit, BREAKER_RULES, CLOSED, failed, succeeded, withdrawn } from './breaker-state.js';
import type { BreakerRules, BreakerState } from './breaker-state.js';
import { modelFailed } from './failures.js';

/** Real time, or a test's. */
export interface BreakerTimer {
  /** Milliseconds that never go back. */
  now(): number;
  /** Resolves after `ms`, or when the signal is aborted. */
  wait(ms: number, signal: AbortSignal): Promise<void>;
}

export interface BreakerCounts {
  /** Runs that threw, were too slow or answered nonsense. */
  readonly failures: number;
  /** Those of them that were too slow. */
  readonly timeouts: number;
  /** How often it opened, failed probes included. */
  readonly opens: number;
  /** Calls that were refused because it was open. */
  readonly refused: number;
}

/**
 * A circuit breaker around a model: some failures one after the other, or runs slower than the time-out, and calls are
 * refused at once (MODEL_FAILED, `open`) until one probe after a back-off succeeds. A late result is dropped.
 */
export class GuardedModel implements Model {
  readonly id: string;
  readonly sizes: ModelSizes;
  readonly #inner: Model;
  readonly #timer: BreakerTimer;
  readonly #rules: BreakerRules;
  #state: BreakerState = CLOSED;
  #counts: BreakerCounts = { failures: 0, timeouts: 0, opens: 0, refused: 0 };

  constructor(inner: Model, timer: BreakerTimer, rules: BreakerRules = BREAKER_RULES) {
    this.id = inner.id;
    this.sizes = inner.sizes;
    this.#inner = inner;
    this.#timer = timer;
    this.#rules = rules;
  }

  /** For health: whether the model answers, is shut off, or is being tried. */
  get state(): BreakerState['kind'] {
    return this.#state.kind;
  }

  get counts(): BreakerCounts {
    return this.#counts;
  }

  advance(batch: AdvanceBatch): Promise<Float32Array> {
    return this.#guarded(() => this.#inner.advance(batch));
  }

  score(batch: ScoreBatch): Promise<Float32Array> {
    return this.#guarded(() => this.#inner.score(batch));
  }

  close(): Promise<void> {
    return this.#inner.close();
  }

  async #guarded(run: () => Promise<Float32Array>): Promise<Float32Array> {
    const admitted = admit(this.#state, this.#timer.now());
    if (admitted === null) {
      this.#count({ refused: 1 });
      throw modelFailed('open', 'the model failed too often and is not asked for now');
    }
    this.#state = admitted;
    try {
      const answer = await this.#inTime(run);
      this.#state = succeeded(this.#state, admitted.epoch);
      return answer;
    } catch (error) {
      this.#failed(error, admitted.epoch);
      throw error;
    }
  }

  #failed(error: unknown, epoch: number): void {
    const nowMs = this.#timer.now();
    // The caller's own mistake says nothing about the model.
    if (error instanceof ForesyncError && error.code === 'FIELD_INVALID') {
      this.#state = withdrawn(this.#state, epoch, nowMs);
      return;
    }
    const before = this.#state.kind;
    this.#state = failed(this.#state, epoch, nowMs, this.#rules);
    this.#count({ failures: 1, opens: this.#state.kind === 'open' && before !== 'open' ? 1 : 0 });
  }

  async #inTime(run: () => Promise<Float32Array>): Promise<Float32Array> {
    const startMs = this.#timer.now();
    const done = new AbortController();
    const late = this.#timer.wait(this.#rules.timeoutMs, done.signal).then(() => null);
    try {
      const answer = await Promise.race([run(), late]);
      // A run that keeps the loop ends before the timer can: its duration tells.
      if (answer !== null && this.#timer.now() - startMs <= this.#rules.timeoutMs) return answer;
    } finally {
      done.abort();
    }
    this.#count({ timeouts: 1 });
    throw modelFailed('timeout', `the model took longer than ${this.#rules.timeoutMs} ms`);
  }

  #count(more: Partial<BreakerCounts>): void {
    const { failures, timeouts, opens, refused } = this.#counts;
    this.#counts = {
      failures: failures + (more.failures ?? 0),
      timeouts: timeouts + (more.timeouts ?? 0),
      opens: opens + (more.opens ?? 0),
      refused: refused + (more.refused ?? 0),
    };
  }
}
