/**
 * Signals that are held for long (a session's, a server's) outlive what waits on them. So everything here takes its
 * listener away when it is done: AbortSignal.any would leave one behind for each call.
 */
export interface Link {
  /** Aborted as soon as one of the linked signals is, with that one's reason. */
  readonly signal: AbortSignal;
  /** Takes the listeners off the linked signals. Idempotent; the signal is never aborted afterwards. */
  unlink(): void;
}

/** A signal that follows several others until it is unlinked. */
export function linkSignals(...signals: readonly AbortSignal[]): Link {
  const controller = new AbortController();
  const stops = signals.map((signal) => onAbort(signal, (reason) => controller.abort(reason)));
  return link(controller, () => stops.forEach((stop) => stop()));
}

/** A signal that is aborted after `ms` with a TimeoutError, or earlier by one of the others. */
export function timeLimit(ms: number, ...signals: readonly AbortSignal[]): Link {
  const controller = new AbortController();
  const stops = signals.map((signal) => onAbort(signal, (reason) => controller.abort(reason)));
  const timer = setTimeout(() => controller.abort(timeoutError(ms)), ms);
  return link(controller, () => {
    clearTimeout(timer);
    stops.forEach((stop) => stop());
  });
}

/** What `work` answers, or a rejection with the signal's reason as soon as that is aborted; `work` itself goes on. */
export function untilAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const stop = onAbort(signal, reject);
    work.then(resolve, reject).finally(stop);
  });
}

/** What `work` answers, or a rejection with a TimeoutError after `ms`; `work` itself goes on. */
export async function withinTime<T>(ms: number, work: Promise<T>): Promise<T> {
  const limit = timeLimit(ms);
  try {
    return await untilAborted(work, limit.signal);
  } finally {
    limit.unlink();
  }
}

/**
 * Calls back once when the signal is aborted, at once if it is already. The answer takes the listener away. A reason
 * that is no Error is wrapped in one.
 */
export function onAbort(signal: AbortSignal, callback: (reason: Error) => void): () => void {
  const listener = (): void => callback(reasonOf(signal));
  if (signal.aborted) {
    listener();
    return () => undefined;
  }
  signal.addEventListener('abort', listener, { once: true });
  return () => signal.removeEventListener('abort', listener);
}

function link(controller: AbortController, unlink: () => void): Link {
  return { signal: controller.signal, unlink };
}

function reasonOf(signal: AbortSignal): Error {
  const reason: unknown = signal.reason;
  return reason instanceof Error ? reason : new Error(`aborted: ${String(reason)}`, { cause: reason });
}

function timeoutError(ms: number): DOMException {
  return new DOMException(`not done within ${ms} ms`, 'TimeoutError');
}
