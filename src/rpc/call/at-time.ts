import type { Clock } from '../../domain/clock.js';

/** The clock may jump, or be another one than the wall's: it is looked at no later than this, ms. */
const LOOK_MS = 30_000;

/** Calls back once when the clock has reached `atMs`, up to 30 s late if the clock jumps. Answers how to stop waiting. */
export function atTime(clock: Clock, atMs: number, reached: () => void): () => void {
  let timer: NodeJS.Timeout | undefined;
  const look = (): void => {
    const leftMs = atMs - clock.now();
    if (leftMs <= 0) reached();
    else timer = setTimeout(look, Math.min(leftMs, LOOK_MS));
  };
  look();
  return () => clearTimeout(timer);
}
