import type { Tally } from './tally.js';

/** How a write ended: the transport took it, did not take it in time, or the caller is gone. */
export type Taken = 'taken' | 'stalled' | 'gone';

/** The writing half of a grpc-js stream. */
export interface WritableCall {
  write(message: Buffer, done: (error?: Error | null) => void): boolean;
  once(event: 'cancelled', listener: () => void): unknown;
}

/**
 * The one writer of a stream. A message counts as taken when HTTP/2 has accepted it all, so whoever waits for that before
 * composing the next keeps at most one message in the server. One writer at a time.
 */
export class StreamWriter {
  readonly #call: WritableCall;
  readonly #stallMs: number;
  readonly #tally: Tally;
  #gone = false;
  #settle: (taken: Taken) => void = () => undefined;

  constructor(call: WritableCall, stallMs: number, tally: Tally) {
    this.#call = call;
    this.#stallMs = stallMs;
    this.#tally = tally;
    call.once('cancelled', () => {
      this.#gone = true;
      this.#settle('gone');
    });
  }

  /** Resolves when the message was taken, when `stallMs` passed without that, or when the caller left. */
  write(message: Buffer): Promise<Taken> {
    if (this.#gone) return Promise.resolve('gone');
    this.#tally.sent(message.length);
    return new Promise((resolve) => {
      const timer = setTimeout(() => this.#settle('stalled'), this.#stallMs);
      this.#settle = (taken) => {
        clearTimeout(timer);
        resolve(taken);
      };
      this.#call.write(message, (error) => this.#settle(error instanceof Error ? 'gone' : 'taken'));
    });
  }

  /** Queues a last message behind one that stalled: it goes out if the caller ever reads again. */
  lastWords(message: Buffer): void {
    if (this.#gone) return;
    this.#tally.sent(message.length);
    this.#call.write(message, () => undefined);
  }
}
