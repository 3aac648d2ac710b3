import type { ItemId, UserId } from '../../src/domain/ids.js';
import type { Trace, TraceMoment, TraceStep } from '../../src/replay/trace-types.js';

/** Who made the most steps; of equals who came first. */
export function busiest({ steps }: Trace): UserId {
  const counts = new Map<UserId, number>();
  for (const { user } of steps) counts.set(user, (counts.get(user) ?? 0) + 1);
  const [most] = [...counts].sort(([, a], [, b]) => b - a);
  if (most === undefined) throw new RangeError('the trace has no steps');
  return most[0];
}

export function isBy(user: UserId, moment: TraceMoment): moment is TraceStep {
  return moment.kind === 'step' && moment.user === user;
}

/** What a person opens in some moments, in order; what is opened twice in a row is named once. */
export function openedBy(user: UserId, moments: readonly TraceMoment[]): readonly ItemId[] {
  const opened = moments
    .filter((moment) => isBy(user, moment))
    .flatMap(({ items }) => items.filter(({ created }) => !created).map(({ item }) => item));
  return opened.filter((item, place) => item !== opened[place - 1]);
}
