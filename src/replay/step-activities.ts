import type { ItemActivity } from '../domain/activity.js';
import type { TraceStep } from './trace-types.js';

/** What a device reports of a step. */
export function activitiesOf({ items, timeS }: TraceStep): readonly ItemActivity[] {
  return items.map(({ item, created, written }) => {
    const type = created ? 'created' : written ? 'edited' : 'viewed';
    return { type, item, timeMs: timeS * 1000, locationCell: null };
  });
}
