/** Resolves after that many ms, or when the signal fires; never rejects. */
export function sleep(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    };
    // Timers hold 31 bits.
    const timer = setTimeout(done, Math.min(ms, 2 ** 31 - 1));
    if (signal.aborted) done();
    else signal.addEventListener('abort', done, { once: true });
  });
}
