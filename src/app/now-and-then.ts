import type { Timer } from '../session/timer.js';

/**
 * Does it every so often, one at a time; while one is under way at most one more waits, and what falls due then is left out:
 * work that stalls piles nothing up. `work` must not throw. The answer ends it: it resolves when what was done meanwhile is
 * done a last time.
 */
export function nowAndThen(
  timer: Pick<Timer, 'every'>,
  everyMs: number,
  work: () => Promise<void>,
): () => Promise<void> {
  let last = Promise.resolve();
  let isWaiting = false;
  const begin = (): void => {
    if (isWaiting) return;
    isWaiting = true;
    last = last.then(() => {
      isWaiting = false;
      return work();
    });
  };
  const stop = timer.every(everyMs, begin);
  return async () => {
    stop();
    begin();
    await last;
  };
}
