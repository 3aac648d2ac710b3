import type { Trace, TraceMoment, TraceStep } from './trace-types.js';

/**
 * The last `count` steps of a trace, numbered from 0, and what came from outside since the first of them. What was
 * there before is not known to anybody, as if the service had started then. The whole trace if it has fewer steps.
 */
export function lastSteps(trace: Trace, count: number): Trace {
  const dropped = Math.max(0, trace.steps.length - count);
  if (dropped === 0) return trace;
  const steps: TraceStep[] = [];
  const moments: TraceMoment[] = [];
  for (const moment of trace.moments) {
    if (moment.kind === 'step' && moment.index >= dropped) {
      const step = { ...moment, index: moment.index - dropped };
      steps.push(step);
      moments.push(step);
    } else if (moment.kind === 'outside' && steps.length > 0) moments.push(moment);
  }
  return { ...trace, steps, moments };
}
