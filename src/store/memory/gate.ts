import { ForesyncError } from '../../domain/errors.js';

/** Every call passes here: it runs at once and as a whole, so it is atomic; after `close` it is refused. */
export class Gate {
  #closed = false;

  /** What `work` answers; what it throws rejects. */
  run<T>(work: () => T): Promise<T> {
    return new Promise((resolve) => {
      this.assertOpen();
      resolve(work());
    });
  }

  /** Throws STORE_UNAVAILABLE once the store is closed. */
  assertOpen(): void {
    if (this.#closed) throw new ForesyncError('STORE_UNAVAILABLE', 'the store is closed');
  }

  close(): void {
    this.#closed = true;
  }
}
