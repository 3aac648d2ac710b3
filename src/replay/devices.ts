import type { UserId } from '../domain/ids.js';
import type { Trace, TraceStep } from './trace-types.js';

const DAY_MINUTES = 24 * 60;
const SIX_HOURS = 6 * 60;

/**
 * Deals each user's steps to two devices: within six hours of the user's circular median hour of the day (UTC) `a`,
 * else `b`. An artificial split of real work; whatever devices the trace names are replaced.
 */
export function splitDevices(trace: Trace): Trace {
  const medians = new Map(
    [...minutesOfUsers(trace)].map(([user, minutes]) => [user, circularMedian(minutes)]),
  );
  const dealt = trace.steps.map((step): TraceStep => {
    const distance = circularDistance(minuteOf(step), medians.get(step.user) ?? 0);
    return { ...step, device: distance <= SIX_HOURS ? 'a' : 'b' };
  });
  // The steps in `moments` are those of `steps`, in the same order.
  const moments = trace.moments.map((moment) =>
    moment.kind === 'step' ? (dealt[moment.index] ?? moment) : moment,
  );
  return { ...trace, steps: dealt, moments };
}

/** How often each user was active in which minute of the day. */
function minutesOfUsers(trace: Trace): ReadonlyMap<UserId, ReadonlyMap<number, number>> {
  const users = new Map<UserId, Map<number, number>>();
  for (const step of trace.steps) {
    const minutes = users.get(step.user) ?? new Map<number, number>();
    minutes.set(minuteOf(step), (minutes.get(minuteOf(step)) ?? 0) + 1);
    users.set(step.user, minutes);
  }
  return users;
}

/** The minute with the smallest sum of distances to all others around the clock; of equals the earliest in the day. */
function circularMedian(minutes: ReadonlyMap<number, number>): number {
  let best = { minute: 0, sum: Infinity };
  for (const minute of [...minutes.keys()].sort((a, b) => a - b)) {
    let sum = 0;
    for (const [other, count] of minutes) sum += count * circularDistance(minute, other);
    if (sum < best.sum) best = { minute, sum };
  }
  return best.minute;
}

function circularDistance(a: number, b: number): number {
  const distance = Math.abs(a - b);
  return Math.min(distance, DAY_MINUTES - distance);
}

function minuteOf(step: TraceStep): number {
  return Math.floor(step.timeS / 60) % DAY_MINUTES;
}
