import type { ItemId } from '../domain/ids.js';
import type { Trace } from './trace-types.js';

/** Size of the median item of a trace, each item of its moments once; 0 of an empty trace. */
export function medianSize(trace: Trace): number {
  const items = new Set<ItemId>();
  for (const moment of trace.moments) {
    if (moment.kind === 'outside') items.add(moment.item);
    else for (const { item } of moment.items) items.add(item);
  }
  const sizes = Float64Array.from(items, (item) => trace.sizeOf(item)).sort();
  return sizes[sizes.length >> 1] ?? 0;
}
