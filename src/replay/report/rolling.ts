import type { Stretch } from '../figure-types.js';

/** How many stretches a point looks back over, itself included. */
export const ROLLING_STRETCHES = 8;

/** Share of zero-wait opens over the last stretches, one point a stretch; stretches before any open have none. */
export function zeroWaitShares(stretches: readonly Stretch[]): readonly (readonly [number, number])[] {
  return stretches.flatMap((_, at) => {
    const window = stretches.slice(Math.max(0, at + 1 - ROLLING_STRETCHES), at + 1);
    const opens = window.reduce((sum, stretch) => sum + stretch.opens, 0);
    const waits = window.reduce((sum, stretch) => sum + stretch.waits, 0);
    return opens === 0 ? [] : [[at, 1 - waits / opens] as const];
  });
}
