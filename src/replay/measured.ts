import type { Trace } from './trace-types.js';

/** Index of the first step that figures count; everything before is for learning. */
export function firstMeasured(trace: Trace): number {
  return Math.floor(0.8 * trace.steps.length);
}
