import { itemId, userId, type ItemId } from '../../src/domain/ids.js';
import { StepMaker } from '../../src/replay/steps.js';
import type { Trace, TraceMeta, TraceRow } from '../../src/replay/trace-types.js';

/** One line of a trace by hand: `user item type second`, and a device if there is one. */
export function rowsOf(text: string): TraceRow[] {
  return text
    .trim()
    .split('\n')
    .map((line) => {
      const [user = '', item = '', type = '', time = '', device = null] = line.trim().split(/\s+/);
      return { user: userId(user), item: itemId(item), type, timeS: Number(time), device };
    });
}

export const TEST_META: TraceMeta = {
  name: 'by-hand',
  licence: 'CC0-1.0',
  train: false,
  writes: ['edit'],
  creates: ['add'],
  outside: ['arrive'],
};

/** A trace of such lines. Items are 1,000 bytes unless told otherwise. */
export function traceOf(
  rows: string | readonly TraceRow[],
  more: { readonly sizes?: Record<string, number>; readonly meta?: Partial<TraceMeta> } = {},
): Trace {
  const meta = { ...TEST_META, ...more.meta };
  const maker = new StepMaker(meta);
  for (const row of typeof rows === 'string' ? rowsOf(rows) : rows) maker.add(row);
  return {
    name: meta.name,
    meta,
    relations: new Map<ItemId, readonly ItemId[]>(),
    sizeOf: (item) => more.sizes?.[item] ?? 1000,
    ...maker.finish(),
  };
}
