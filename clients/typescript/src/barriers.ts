import type { Deferred } from './deferred.js';
import { deferred } from './deferred.js';

/** Heartbeats that were sent with a number, until the server echoes it: then it has handled all that came before. */
export class Barriers {
  readonly #waiting = new Map<bigint, Deferred<undefined>>();
  #nonce = 0n;
  #broken: Error | undefined;

  /** A number that nobody waits for. */
  nonce(): bigint {
    return ++this.#nonce;
  }

  /** Sends a number and resolves when it is echoed. Rejects when it never will be. */
  async raise(send: (nonce: bigint) => void): Promise<void> {
    if (this.#broken !== undefined) throw this.#broken;
    const nonce = this.nonce();
    const done = deferred<undefined>();
    this.#waiting.set(nonce, done);
    send(nonce);
    await done.promise;
  }

  echoed(nonce: bigint): void {
    this.#waiting.get(nonce)?.resolve(undefined);
    this.#waiting.delete(nonce);
  }

  /** Nothing will be echoed any more. */
  break(error: Error): void {
    this.#broken ??= error;
    for (const { reject } of this.#waiting.values()) reject(error);
    this.#waiting.clear();
  }
}
