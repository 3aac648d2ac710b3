import { ForesyncClientError } from './errors.js';

/** How long a caller waits. */
export interface Patience {
  readonly signal?: AbortSignal | undefined;
  readonly timeoutMs?: number | undefined;
}

/** The promise's result, unless the signal fires (CANCELLED) or the time is up (TIMEOUT) before. */
export function within<T>(promise: Promise<T>, { signal, timeoutMs }: Patience): Promise<T> {
  return new Promise((resolve, reject) => {
    const stop = (): void => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', abort);
    };
    const fail = (error: ForesyncClientError): void => {
      stop();
      reject(error);
    };
    const abort = (): void => fail(cancelled(signal));
    const timer =
      timeoutMs === undefined
        ? undefined
        : setTimeout(() => fail(timedOut(timeoutMs)), Math.min(timeoutMs, 2 ** 31 - 1));
    if (signal?.aborted === true) {
      abort();
      return;
    }
    signal?.addEventListener('abort', abort, { once: true });
    promise.then(
      (value) => {
        stop();
        resolve(value);
      },
      (thrown: unknown) => fail(ForesyncClientError.from(thrown)),
    );
  });
}

function cancelled(signal: AbortSignal | undefined): ForesyncClientError {
  return new ForesyncClientError('CANCELLED', 'the caller gave up', { cause: signal?.reason });
}

function timedOut(timeoutMs: number): ForesyncClientError {
  return new ForesyncClientError('TIMEOUT', `it took longer than ${timeoutMs} ms`, {
    facts: { limit: String(timeoutMs) },
  });
}
