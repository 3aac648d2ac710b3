export interface PulseOptions {
  /** Send a sign of life. */
  readonly beat: () => void;
  /** Nothing was heard for too long. */
  readonly onSilence: () => void;
  /** 0 to 1. */
  readonly random: () => number;
}

/**
 * Keeps a session from being silent in either direction: beats at least once an interval, jittered, and notices when
 * nothing was heard for two of them.
 */
export class Pulse {
  readonly #options: PulseOptions;
  #silenceMs: number;
  #heardAt = performance.now();
  #beat: ReturnType<typeof setTimeout> | undefined;
  #watch: ReturnType<typeof setTimeout> | undefined;

  /** Until `start`, only waits: `firstMs` for the first sign of life. */
  constructor(firstMs: number, options: PulseOptions) {
    this.#options = options;
    this.#silenceMs = firstMs;
    this.#watchOn();
  }

  start(intervalMs: number): void {
    this.#silenceMs = 2 * intervalMs;
    this.#watchOn();
    this.#beatOn(intervalMs);
  }

  /** Something came. */
  heard(): void {
    this.#heardAt = performance.now();
  }

  stop(): void {
    clearTimeout(this.#beat);
    clearTimeout(this.#watch);
  }

  #beatOn(intervalMs: number): void {
    clearTimeout(this.#beat);
    this.#beat = setTimeout(
      () => {
        this.#options.beat();
        this.#beatOn(intervalMs);
      },
      intervalMs * (0.5 + 0.4 * this.#options.random()),
    );
  }

  /** One timer, however much is heard: when it fires it looks how long ago that was. */
  #watchOn(): void {
    clearTimeout(this.#watch);
    const left = this.#heardAt + this.#silenceMs - performance.now();
    this.#watch = setTimeout(
      () => {
        if (performance.now() - this.#heardAt >= this.#silenceMs) this.#options.onSilence();
        else this.#watchOn();
      },
      Math.max(1, left),
    );
  }
}
