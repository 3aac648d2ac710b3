import type { Deferred } from './deferred.js';
import { deferred } from './deferred.js';

/**
 * Values handed from one side to one reader, in order. `bound` caps what waits unread: beyond it the oldest value goes
 * and `onDropped` hears of it. Without a bound the protocol has to bound it (frames: by acknowledgements).
 */
export class AsyncQueue<T> implements AsyncIterable<T> {
  readonly #bound: number;
  readonly #onDropped: (value: T) => void;
  #values: T[] = [];
  #waiting: Deferred<undefined> | undefined;
  #end: { readonly error: Error | undefined } | undefined;

  constructor(bound = Number.POSITIVE_INFINITY, onDropped: (value: T) => void = () => undefined) {
    this.#bound = bound;
    this.#onDropped = onDropped;
  }

  /** Hands a value over; after the end it is ignored. */
  push(value: T): void {
    if (this.#end !== undefined) return;
    this.#values.push(value);
    for (const oldest of this.#values.splice(0, this.#values.length - this.#bound)) this.#onDropped(oldest);
    this.#wake();
  }

  /** No more values: the reader gets what waits, then the end, or the error if there is one. The first end counts. */
  end(error?: Error): void {
    this.#end ??= { error };
    this.#wake();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<T, void, undefined> {
    for (;;) {
      const values = this.#values;
      this.#values = [];
      yield* values;
      if (this.#values.length > 0) continue;
      if (this.#end?.error !== undefined) throw this.#end.error;
      if (this.#end !== undefined) return;
      this.#waiting = deferred();
      await this.#waiting.promise;
    }
  }

  #wake(): void {
    this.#waiting?.resolve(undefined);
    this.#waiting = undefined;
  }
}
