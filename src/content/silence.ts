/** What a source has next, or that it had nothing for a while. */
export type Heard<T> =
  | { readonly kind: 'value'; readonly value: T }
  | { readonly kind: 'silence' }
  | { readonly kind: 'end' };

/**
 * Reads a source that may be silent for long: `next` answers within `silenceMs`. The source is asked from the start on, so
 * that nothing is missed between making the listener and the first `next`; at most one value waits here. One reader.
 */
export class SilenceListener<T> {
  readonly #source: AsyncIterator<T>;
  #arrived: IteratorResult<T> | undefined;
  #failure: { readonly error: unknown } | undefined;
  #notify: () => void = () => undefined;

  constructor(source: AsyncIterable<T>) {
    this.#source = source[Symbol.asyncIterator]();
    this.#ask();
  }

  /** Throws what the source threw. */
  async next(silenceMs: number): Promise<Heard<T>> {
    if (this.#arrived === undefined && this.#failure === undefined) await this.#notified(silenceMs);
    if (this.#failure !== undefined) throw this.#failure.error;
    const arrived = this.#arrived;
    if (arrived === undefined) return { kind: 'silence' };
    if (arrived.done === true) return { kind: 'end' };
    this.#arrived = undefined;
    this.#ask();
    return { kind: 'value', value: arrived.value };
  }

  async close(): Promise<void> {
    await this.#source.return?.();
  }

  #ask(): void {
    this.#source.next().then(
      (result) => {
        this.#arrived = result;
        this.#notify();
      },
      (error: unknown) => {
        this.#failure = { error };
        this.#notify();
      },
    );
  }

  #notified(silenceMs: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, silenceMs);
      this.#notify = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}
