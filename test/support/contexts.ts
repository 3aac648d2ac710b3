import type { Step, StepItem } from '../../src/domain/activity.js';
import { EMPTY_CONTEXT, type UserContext } from '../../src/domain/context.js';
import { deviceId, itemId, pseudonym, spaceId } from '../../src/domain/ids.js';
import { fold } from '../../src/context/reducer.js';

export const DAY_MS = 24 * 60 * 60 * 1000;

/** A step of the user `u` (or another) over items, by default viewed. */
export function stepOf(
  items: readonly string[],
  timeMs: number,
  more: { user?: string; kind?: StepItem['kind']; queryBuckets?: number[]; locationCell?: string } = {},
): Step {
  return {
    space: spaceId('s'),
    user: pseudonym(more.user ?? 'u'),
    device: deviceId('d'),
    timeMs,
    items: items.map((item) => ({ item: itemId(item), kind: more.kind ?? 'viewed' })),
    queryBuckets: more.queryBuckets ?? [],
    locationCell: more.locationCell ?? null,
  };
}

/** The context after some steps. */
export function contextAfter(...steps: readonly Step[]): UserContext {
  return steps.reduce(fold, EMPTY_CONTEXT);
}
