/** Opens of one kind, counted. */
export interface Tally {
  readonly opens: number;
  readonly zeroWait: number;
  /** All waits together, ms. */
  readonly waitedMs: number;
}

export const NO_TALLY: Tally = { opens: 0, zeroWait: 0, waitedMs: 0 };

/** One open more. */
export function tallied({ opens, zeroWait, waitedMs }: Tally, waitMs: number): Tally {
  return {
    opens: opens + 1,
    zeroWait: zeroWait + (waitMs === 0 ? 1 : 0),
    waitedMs: waitedMs + waitMs,
  };
}
