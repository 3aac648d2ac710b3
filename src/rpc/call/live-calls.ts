import type { ForesyncError } from '../../domain/errors.js';

/** The streams that are open, so that a shutdown can end them: gRPC alone waits for them for ever. */
export class LiveCalls {
  readonly #calls = new Set<AbortController>();

  get size(): number {
    return this.#calls.size;
  }

  add(call: AbortController): void {
    this.#calls.add(call);
  }

  remove(call: AbortController): void {
    this.#calls.delete(call);
  }

  /** Ends every open stream with this error. */
  end(error: ForesyncError): void {
    for (const call of this.#calls) call.abort(error);
  }
}
