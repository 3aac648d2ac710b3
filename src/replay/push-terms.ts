import { medianSize } from './median-size.js';
import type { Trace } from './trace-types.js';

/** Median items that may be pushed before anything was opened. */
const START_ITEMS = 20;

/** How a replay pushes (REPLAY.md, "Budget", "Price"): by price, metadata never. */
export function replayPush(
  trace: Trace,
  budget: number,
): {
  readonly ratio: number;
  readonly startBytes: number;
  readonly threshold: null;
  readonly metadataThreshold: null;
} {
  return {
    ratio: budget,
    startBytes: START_ITEMS * medianSize(trace),
    threshold: null,
    metadataThreshold: null,
  };
}
