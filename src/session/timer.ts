/** Real time for heartbeats, silences and retries. Tests bring one that they turn by hand. */
export interface Timer {
  /** Milliseconds that never go back, from any start. */
  now(): number;
  /** Calls back every `ms` until the answer is called. */
  every(ms: number, callback: () => void): () => void;
  /** Resolves after `ms`, or when the signal is aborted. */
  wait(ms: number, signal: AbortSignal): Promise<void>;
}

/** The machine's own. Its timers do not keep the process alive. */
export const REAL_TIMER: Timer = {
  now: () => performance.now(),
  every(ms, callback) {
    const handle = setInterval(callback, ms).unref();
    return () => clearInterval(handle);
  },
  wait(ms, signal) {
    return new Promise((resolve) => {
      const done = (): void => {
        clearTimeout(handle);
        signal.removeEventListener('abort', done);
        resolve();
      };
      const handle = setTimeout(done, ms).unref();
      signal.addEventListener('abort', done, { once: true });
      if (signal.aborted) done();
    });
  },
};
