import type { ItemId } from '../domain/ids.js';
import type { Trace } from './trace-types.js';

/** Items that were there before the trace began: the first thing that happens to them does not make them. */
export function olderItems(trace: Trace): readonly ItemId[] {
  const seen = new Set<ItemId>();
  const older: ItemId[] = [];
  for (const moment of trace.moments) {
    const items = moment.kind === 'outside' ? [{ item: moment.item, created: true }] : moment.items;
    for (const { item, created } of items) {
      if (!seen.has(item) && !created) older.push(item);
      seen.add(item);
    }
  }
  return older;
}
