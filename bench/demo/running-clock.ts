import type { Clock } from '../../src/domain/clock.js';

/** A clock that stands where it is set, and from `run` on goes as fast as the machine's. */
export class RunningClock implements Clock {
  #atMs = 0;
  #sinceMs: number | null = null;

  /** Whole milliseconds since the epoch. */
  now(): number {
    return this.#atMs + (this.#sinceMs === null ? 0 : Math.floor(performance.now() - this.#sinceMs));
  }

  /** It is now this late; it never goes back. */
  moveTo(ms: number): void {
    this.#atMs = Math.max(ms, this.now());
    if (this.#sinceMs !== null) this.#sinceMs = performance.now();
  }

  run(): void {
    this.#sinceMs = performance.now();
  }
}
