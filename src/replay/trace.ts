import { join } from 'node:path';
import type { ItemId } from '../domain/ids.js';
import { splitDevices } from './devices.js';
import { lastSteps } from './last-steps.js';
import { defaultSize } from './sizes.js';
import { StepMaker } from './steps.js';
import { assertFolder } from './trace-files.js';
import { traceInvalid } from './trace-invalid.js';
import { readMeta } from './trace-meta.js';
import { readRows } from './trace-rows.js';
import { readRelations, readSizes } from './trace-tables.js';
import type { Trace } from './trace-types.js';

/** Which part of a trace to replay, and how. */
export interface TraceView {
  /** Only the last steps; null = all. */
  readonly lastSteps: number | null;
  /** Deal each user's steps to two devices. */
  readonly splitDevices: boolean;
}

/**
 * Loads a trace folder (REPLAY.md). Files are read as streams: memory holds the steps, each name once, and at most
 * 4,000,000 events. Throws TRACE_INVALID with file and line for whatever cannot be read, and for a trace without steps.
 */
export async function loadTrace(
  folder: string,
  view: TraceView = { lastSteps: null, splitDevices: false },
): Promise<Trace> {
  await assertFolder(folder);
  const meta = await readMeta(folder);
  const [relations, sizes] = await Promise.all([readRelations(folder), readSizes(folder)]);
  const maker = new StepMaker(meta);
  for await (const row of readRows(folder)) maker.add(row);
  const moments = maker.finish();
  if (moments.steps.length === 0)
    throw traceInvalid({ file: join(folder, 'events.csv'), line: 0 }, 'there are no steps in it');
  const whole = { name: meta.name, meta, relations, sizeOf: sizeSource(sizes), ...moments };
  const cut = view.lastSteps === null ? whole : lastSteps(whole, view.lastSteps);
  return view.splitDevices ? splitDevices(cut) : cut;
}

/** Known sizes, and drawn ones that are remembered. */
function sizeSource(known: ReadonlyMap<ItemId, number>): (item: ItemId) => number {
  const drawn = new Map<ItemId, number>();
  return (item) => {
    const size = known.get(item) ?? drawn.get(item) ?? defaultSize(item);
    if (!known.has(item)) drawn.set(item, size);
    return size;
  };
}
