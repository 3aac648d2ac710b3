import { ForesyncError } from '../../domain/errors.js';
import type { AdvanceBatch, Model, ModelSizes, ScoreBatch } from '../../domain/model-port.js';
import { admit, BREAKER_RULES, CLOSED, failed, hung, succeeded, withdrawn } from './breaker-state.js';
import type { BreakerRules, BreakerState } from './breaker-state.js';
import { modelFailed, textOf } from './failures.js';
import { allFinite } from './inputs.js';
import { within, type Alarm } from './patience.js';

/** Real time, or a test's. */
export interface BreakerTimer extends Alarm {
  /** Milliseconds that never go back. */
  now(): number;
}

type GraphName = 'advance' | 'score';

/** Hears what happens at a breaker, for logs and metrics. */
export interface BreakerObserver {
  /** A run failed, for this reason: `threw`, `output`, `timeout`, or `unknown`. */
  failed(reason: string): void;
  /** A call was refused because the breaker was open (`open`), or because a run does not end (`stalled`). */
  refused(reason: 'open' | 'stalled'): void;
  turned(state: BreakerState['kind']): void;
}

export interface BreakerCounts {
  /** Runs that threw, were too slow or answered nonsense. */
  readonly failures: number;
  /** Those of them that were too slow. */
  readonly timeouts: number;
  /** How often it opened, failed probes included. */
  readonly opens: number;
  /** Calls that were refused at once. */
  readonly refused: number;
}

/**
 * A circuit breaker around a model: some failures one after the other, or one run that does not end before the time-out, and
 * calls are refused at once (MODEL_FAILED, `open`) until one probe after a back-off succeeds. Nobody waits for longer than
 * the rules' patience: then a call is given up, and as long as its run is under way others are refused at once (`stalled`).
 * A late result is dropped, and an answer that is not as long as it has to be, or not finite, counts as a failure.
 */
export class GuardedModel implements Model {
  readonly id: string;
  readonly sizes: ModelSizes;
  readonly #inner: Model;
  readonly #timer: BreakerTimer;
  readonly #rules: BreakerRules;
  readonly #observer: BreakerObserver | null;
  #state: BreakerState = CLOSED;
  #failing: GraphName | null = null;
  /** Runs under way that nobody waits for any more. */
  #stalled = 0;
  #counts: BreakerCounts = { failures: 0, timeouts: 0, opens: 0, refused: 0 };

  constructor(
    inner: Model,
    timer: BreakerTimer,
    rules: BreakerRules = BREAKER_RULES,
    observer: BreakerObserver | null = null,
  ) {
    this.id = inner.id;
    this.sizes = inner.sizes;
    this.#inner = inner;
    this.#timer = timer;
    this.#rules = rules;
    this.#observer = observer;
  }

  /** For health: whether the model answers, is shut off, or is being tried. */
  get state(): BreakerState['kind'] {
    return this.#state.kind;
  }

  get counts(): BreakerCounts {
    return this.#counts;
  }

  advance(batch: AdvanceBatch): Promise<Float32Array> {
    return this.#guarded('advance', () => this.#inner.advance(batch), batch.states.length);
  }

  score(batch: ScoreBatch): Promise<Float32Array> {
    return this.#guarded('score', () => this.#inner.score(batch), batch.owners.length);
  }

  close(): Promise<void> {
    return this.#inner.close();
  }

  async #guarded(graph: GraphName, run: () => Promise<Float32Array>, length: number): Promise<Float32Array> {
    const { patienceMs } = this.#rules;
    if (this.#stalled > 0) throw this.#refused('stalled', 'a run of the model does not end');
    const admitted = this.#admit(graph);
    if (admitted === null) throw this.#refused('open', 'the model failed too often and is not asked for now');
    this.#turn(admitted);
    const judged = this.#judged(graph, run, length, admitted.epoch);
    const answer = await within(this.#timer, patienceMs, judged);
    if (answer !== null) return answer;
    this.#stalled += 1;
    const ended = (): void => void (this.#stalled -= 1);
    judged.then(ended, ended);
    throw modelFailed('stalled', `the model has not answered after ${patienceMs} ms`);
  }

  #refused(reason: 'open' | 'stalled', message: string): ForesyncError {
    this.#count({ refused: 1 });
    this.#observer?.refused(reason);
    return modelFailed(reason, message);
  }

  /** A run, and what its outcome says of the model. Ends at the time-out at the latest. */
  async #judged(
    graph: GraphName,
    run: () => Promise<Float32Array>,
    length: number,
    epoch: number,
  ): Promise<Float32Array> {
    const { timeoutMs } = this.#rules;
    const startMs = this.#timer.now();
    let verdict = failed;
    try {
      const answer = await within(this.#timer, timeoutMs, run());
      if (answer === null) verdict = hung;
      // A run that keeps the loop ends before the timer can: its duration tells.
      if (answer === null || this.#timer.now() - startMs > timeoutMs) throw this.#timedOut();
      checkAnswer(answer, length);
      this.#succeeded(graph, epoch);
      return answer;
    } catch (error) {
      this.#failed(graph, error, epoch, verdict);
      throw error instanceof ForesyncError ? error : modelFailed('threw', textOf(error), error);
    }
  }

  /** Only the graph that failed last can show that it works again. */
  #admit(graph: GraphName): BreakerState | null {
    if (this.#state.kind === 'open' && this.#failing !== graph) return null;
    return admit(this.#state, this.#timer.now());
  }

  #succeeded(graph: GraphName, epoch: number): void {
    // What works says nothing of the other one: a scorer that always fails would hide behind each step.
    if (this.#failing !== null && this.#failing !== graph) return;
    this.#failing = null;
    this.#turn(succeeded(this.#state, epoch));
  }

  #failed(graph: GraphName, error: unknown, epoch: number, verdict: typeof failed): void {
    const nowMs = this.#timer.now();
    // The caller's own mistake says nothing about the model.
    if (error instanceof ForesyncError && error.code === 'FIELD_INVALID') {
      this.#turn(withdrawn(this.#state, epoch, nowMs));
      return;
    }
    this.#failing = graph;
    const before = this.#state.kind;
    const reason = error instanceof ForesyncError ? error.details.facts?.['reason'] : 'threw';
    this.#observer?.failed(reason ?? 'unknown');
    this.#turn(verdict(this.#state, epoch, nowMs, this.#rules));
    this.#count({ failures: 1, opens: this.#state.kind === 'open' && before !== 'open' ? 1 : 0 });
  }

  #timedOut(): ForesyncError {
    this.#count({ timeouts: 1 });
    return modelFailed('timeout', `the model took longer than ${this.#rules.timeoutMs} ms`);
  }

  #turn(next: BreakerState): void {
    const before = this.#state.kind;
    this.#state = next;
    if (next.kind !== before) this.#observer?.turned(next.kind);
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

function checkAnswer(answer: Float32Array, length: number): void {
  if (answer.length !== length)
    throw modelFailed('output', `the model answered ${answer.length} values, expected ${length}`);
  if (!allFinite(answer)) throw modelFailed('output', 'the model answered values that are not finite');
}
