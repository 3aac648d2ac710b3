import { ForesyncError } from '../../domain/errors.js';

/** The answer, or the reason of the signal if that comes first; then the answer is no longer waited for. */
export function orAborted<T>(answer: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const abort = (): void => reject(ForesyncError.from(signal.reason));
    if (signal.aborted) abort();
    signal.addEventListener('abort', abort, { once: true });
    answer.then(resolve, reject);
  });
}
