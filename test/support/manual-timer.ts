import type { Clock } from '../../src/domain/clock.js';
import type { Timer } from '../../src/session/timer.js';

/** Time that passes when a test says so: a clock and the timers that depend on it. */
export class ManualTimer implements Timer, Clock {
  #nowMs: number;
  readonly #intervals = new Set<Interval>();
  readonly #waits = new Set<Wait>();

  constructor(nowMs = 1_700_000_000_000) {
    this.#nowMs = nowMs;
  }

  now(): number {
    return this.#nowMs;
  }

  every(ms: number, callback: () => void): () => void {
    const interval = { ms, callback, dueMs: this.#nowMs + ms };
    this.#intervals.add(interval);
    return () => this.#intervals.delete(interval);
  }

  wait(ms: number, signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const wait = { dueMs: this.#nowMs + ms, resolve };
      this.#waits.add(wait);
      const abort = (): void => {
        this.#waits.delete(wait);
        resolve();
      };
      if (signal.aborted) abort();
      else signal.addEventListener('abort', abort, { once: true });
    });
  }

  /** Lets `ms` pass: whatever falls due is called, in order, each interval as often as it would be. */
  async pass(ms: number): Promise<void> {
    const endMs = this.#nowMs + ms;
    for (let next = this.#nextDue(endMs); next !== undefined; next = this.#nextDue(endMs)) {
      this.#nowMs = next;
      this.#callDue();
      await turnOfTheLoop();
    }
    this.#nowMs = endMs;
    await turnOfTheLoop();
  }

  #nextDue(endMs: number): number | undefined {
    const due = [...this.#intervals, ...this.#waits]
      .map(({ dueMs }) => dueMs)
      .filter((dueMs) => dueMs <= endMs);
    return due.length === 0 ? undefined : Math.min(...due);
  }

  #callDue(): void {
    for (const interval of [...this.#intervals]) {
      if (interval.dueMs > this.#nowMs) continue;
      interval.dueMs += interval.ms;
      interval.callback();
    }
    for (const wait of [...this.#waits]) {
      if (wait.dueMs > this.#nowMs) continue;
      this.#waits.delete(wait);
      wait.resolve();
    }
  }
}

interface Interval {
  readonly ms: number;
  readonly callback: () => void;
  dueMs: number;
}

interface Wait {
  readonly dueMs: number;
  readonly resolve: () => void;
}

/** Everything that is ready runs, promises and immediates. */
export async function turnOfTheLoop(times = 3): Promise<void> {
  for (let turn = 0; turn < times; turn++) await new Promise((resolve) => setImmediate(resolve));
}
