import { ForesyncError } from '../domain/errors.js';

type Wake = IteratorResult<number, undefined>;

/**
 * One reader's wake-ups: the shards that it has not looked at since they rang, each once. Not a generator, because the
 * reader may return while it waits in `next`.
 */
export class WakeUpListener implements AsyncIterableIterator<number, undefined> {
  readonly #pending: Set<number>;
  readonly #onEnd: () => void;
  readonly #waiting: { resolve: (wake: Wake) => void; reject: (error: Error) => void }[] = [];
  #state: 'open' | 'ended' | 'closed' = 'open';

  constructor(shards: number, onEnd: () => void) {
    this.#pending = new Set(Array.from({ length: shards }, (_, shard) => shard));
    this.#onEnd = onEnd;
  }

  ring(shard: number): void {
    const waiter = this.#waiting.shift();
    if (waiter === undefined) this.#pending.add(shard);
    else waiter.resolve({ value: shard });
  }

  /** The reader or its signal ends it. */
  end(): void {
    this.#leave('ended');
    for (const waiter of this.#waiting.splice(0)) waiter.resolve(END);
  }

  /** The store ends it. */
  close(): void {
    this.#leave('closed');
    for (const waiter of this.#waiting.splice(0)) waiter.reject(closedError());
  }

  next(): Promise<Wake> {
    if (this.#state === 'closed') return Promise.reject(closedError());
    if (this.#state === 'ended') return Promise.resolve(END);
    for (const shard of this.#pending) {
      this.#pending.delete(shard);
      return Promise.resolve({ value: shard });
    }
    return new Promise((resolve, reject) => this.#waiting.push({ resolve, reject }));
  }

  return(): Promise<Wake> {
    this.end();
    return Promise.resolve(END);
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  #leave(state: 'ended' | 'closed'): void {
    if (this.#state !== 'open') return;
    this.#state = state;
    this.#pending.clear();
    this.#onEnd();
  }
}

const END: Wake = { value: undefined, done: true };

function closedError(): ForesyncError {
  return new ForesyncError('STORE_UNAVAILABLE', 'the store is closed');
}
