import type { Activity, ActivityBatch, Step, StepItem } from '../domain/activity.js';
import type { DeviceId, ItemId, Pseudonym } from '../domain/ids.js';

/**
 * The steps of a batch in order of time: one for each whole second. An item occurs once in a step, its activities
 * merged: created if any creates, else edited if any edits. Items keep the order of their first activity.
 */
export function stepsOf(user: Pseudonym, device: DeviceId, batch: ActivityBatch): readonly Step[] {
  const seconds = new Map<number, Activity[]>();
  for (const activity of batch.activities) {
    const second = Math.floor(activity.timeMs / 1000);
    const sameSecond = seconds.get(second);
    if (sameSecond === undefined) seconds.set(second, [activity]);
    else sameSecond.push(activity);
  }
  return [...seconds]
    .sort(([earlier], [later]) => earlier - later)
    .map(([second, activities]) => ({
      space: batch.space,
      user,
      device,
      timeMs: second * 1000,
      items: mergedItems(activities),
      queryBuckets: mergedBuckets(activities),
      locationCell: lastCell(activities),
    }));
}

const STRENGTH = { viewed: 0, edited: 1, created: 2 } as const;

function mergedItems(activities: readonly Activity[]): readonly StepItem[] {
  const kinds = new Map<ItemId, StepItem['kind']>();
  for (const activity of activities) {
    if (activity.type === 'searched') continue;
    const known = kinds.get(activity.item);
    if (known === undefined || STRENGTH[activity.type] > STRENGTH[known])
      kinds.set(activity.item, activity.type);
  }
  return [...kinds].map(([item, kind]) => ({ item, kind }));
}

function mergedBuckets(activities: readonly Activity[]): readonly number[] {
  const buckets = new Set<number>();
  for (const activity of activities) {
    if (activity.type === 'searched') for (const bucket of activity.queryBuckets) buckets.add(bucket);
  }
  return [...buckets];
}

function lastCell(activities: readonly Activity[]): string | null {
  return activities.reduce<string | null>((cell, activity) => activity.locationCell ?? cell, null);
}
