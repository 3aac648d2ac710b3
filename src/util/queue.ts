/** What happens to a value that finds the queue full. */
export type Overflow =
  /** Its sender waits for room; senders are served in order. */
  | 'wait'
  /** It is refused: the sender is told 'full'. */
  | 'refuse'
  /** It is queued, and the oldest value is dropped. */
  | 'drop-oldest';

/** `ended`: the queue takes no more values, nothing was queued. */
export type Offered = 'queued' | 'full' | 'ended';

export interface QueueOptions<T> {
  readonly capacity: number;
  readonly overflow: Overflow;
  /** Hears of each value that `drop-oldest` dropped. */
  readonly onDrop?: (value: T) => void;
}

/**
 * Values on their way from many senders to one reader, in order. Never holds more than `capacity`; `overflow` names what
 * happens beyond it. After `end` the reader still gets what was queued; after `fail` it gets the error at once.
 */
export class BoundedQueue<T> implements AsyncIterableIterator<T, undefined> {
  readonly #options: QueueOptions<T>;
  readonly #values: T[] = [];
  /** Only with `wait`; each sender waits here with one value. */
  readonly #senders: Sender<T>[] = [];
  #wakeReader: (() => void) | null = null;
  #ended = false;
  #failure: { readonly error: Error } | null = null;

  constructor(options: QueueOptions<T>) {
    if (!Number.isInteger(options.capacity) || options.capacity < 1) {
      throw new RangeError(`the capacity of a queue is a whole number from 1 on, not ${options.capacity}`);
    }
    this.#options = options;
  }

  get size(): number {
    return this.#values.length;
  }

  /** Queues a value now, or answers why not. Never waits: with `wait`, a full queue answers 'full'. */
  offer(value: T): Offered {
    if (this.#ended) return 'ended';
    if (this.#isFull() && !this.#madeRoom()) return 'full';
    this.#values.push(value);
    this.#wake();
    return 'queued';
  }

  /** As `offer`, but with `wait` it resolves when there was room, and never to 'full'. */
  async push(value: T): Promise<Offered> {
    if (this.#options.overflow !== 'wait' || this.#ended || !this.#isFull()) return this.offer(value);
    return new Promise((resolve) => this.#senders.push({ value, resolve }));
  }

  /** The next value as soon as there is one; done once the queue has ended and is empty. One reader at a time. */
  async next(): Promise<IteratorResult<T, undefined>> {
    for (;;) {
      if (this.#failure !== null) throw this.#failure.error;
      for (const value of this.takeNow(1)) return { value };
      if (this.#ended) return { value: undefined, done: true };
      await new Promise<void>((resolve) => (this.#wakeReader = resolve));
    }
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  /** Up to `max` of the values that are there already, oldest first. */
  takeNow(max: number): T[] {
    const taken = this.#values.splice(0, max);
    while (!this.#isFull()) {
      const sender = this.#senders.shift();
      if (sender === undefined) break;
      this.#values.push(sender.value);
      sender.resolve('queued');
    }
    return taken;
  }

  /** No more values; senders that wait are told 'ended'. Idempotent. */
  end(): void {
    this.#ended = true;
    for (const sender of this.#senders.splice(0)) sender.resolve('ended');
    this.#wake();
  }

  /** Ends the queue and throws `error` to the reader; what was queued is dropped. The first error counts. */
  fail(error: Error): void {
    this.#failure ??= { error };
    this.#values.length = 0;
    this.end();
  }

  #isFull(): boolean {
    return this.#values.length >= this.#options.capacity;
  }

  #madeRoom(): boolean {
    if (this.#options.overflow !== 'drop-oldest') return false;
    for (const oldest of this.#values.splice(0, 1)) this.#options.onDrop?.(oldest);
    return true;
  }

  #wake(): void {
    const wake = this.#wakeReader;
    this.#wakeReader = null;
    wake?.();
  }
}

interface Sender<T> {
  readonly value: T;
  readonly resolve: (offered: Offered) => void;
}
