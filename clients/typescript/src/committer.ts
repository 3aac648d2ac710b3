import type { Deferred } from './deferred.js';
import { deferred } from './deferred.js';
import { ForesyncClientError, storageFailed } from './errors.js';
import { sleep } from './sleep.js';

/** How long a commit that failed waits before it is tried again, ms. */
const RETRY_MS = 1_000;

/**
 * Commits one at a time; whoever asks while one runs shares the next. One that fails is tried again until it succeeds or
 * the committer is stopped: a full disk delays, it loses nothing.
 */
export class Committer {
  readonly #commit: () => Promise<void>;
  readonly #onFailure: (error: ForesyncClientError) => void;
  readonly #stopped = new AbortController();
  #waiting: Deferred<undefined>[] = [];
  #running = false;

  constructor(commit: () => Promise<void>, onFailure: (error: ForesyncClientError) => void) {
    this.#commit = commit;
    this.#onFailure = onFailure;
  }

  /** Resolves when everything before is committed. Rejects if the committer was stopped before. */
  request(): Promise<undefined> {
    const waiting = deferred<undefined>();
    if (this.#stopped.signal.aborted) waiting.reject(CLOSED);
    else this.#waiting.push(waiting);
    if (!this.#running) void this.#run();
    return waiting.promise;
  }

  /** Commits once more, what is asked for included, and no longer waits for better times. */
  async stop(): Promise<void> {
    const last = this.request();
    this.#stopped.abort();
    await last;
  }

  async #run(): Promise<void> {
    this.#running = true;
    while (this.#waiting.length > 0) {
      const waiting = this.#waiting;
      this.#waiting = [];
      try {
        await this.#commit();
        for (const { resolve } of waiting) resolve(undefined);
      } catch (thrown) {
        const error = storageFailed(thrown);
        this.#onFailure(error);
        if (this.#stopped.signal.aborted) for (const { reject } of waiting) reject(error);
        else this.#waiting.unshift(...waiting);
        await sleep(RETRY_MS, this.#stopped.signal);
      }
    }
    this.#running = false;
  }
}

const CLOSED = new ForesyncClientError('CLOSED', 'the client is closed');
