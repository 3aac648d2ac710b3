import type { ItemId, UserId } from '../domain/ids.js';
import { itemId, userId } from '../domain/ids.js';
import { tableFile } from './trace-files.js';
import { traceInvalid } from './trace-invalid.js';
import { TABLE_LIMITS } from './trace-tables.js';
import { checkedId, checkedNumber, readTable } from './table.js';
import type { TraceRow } from './trace-types.js';

/** Latest time of a trace: the year 5138, so that a time in milliseconds that was meant as seconds is noticed. */
const MAX_TIME_S = 1e11;

const shape = {
  required: ['user', 'item', 'type', 'time_s'],
  optional: ['device'],
  maxLines: TABLE_LIMITS.events,
} as const;

/**
 * The lines of `events.csv` of a trace folder, streamed in their order; equal strings are one string in memory. An
 * empty device means none. Throws TRACE_INVALID with file and line, also where a time is before that of the line above.
 */
export async function* readRows(folder: string): AsyncGenerator<TraceRow> {
  const file = await tableFile(folder, 'events.csv');
  if (file === null) throw traceInvalid({ file: folder, line: 0 }, 'has no events.csv or events.csv.gz');
  const same = interner();
  let latest = 0;
  for await (const { place, values } of readTable<Column>(file, shape)) {
    const timeS = checkedNumber(values.time_s, 'time_s', place, MAX_TIME_S);
    if (timeS < latest)
      throw traceInvalid(place, `time_s ${timeS} is before ${latest} of the line above`, 'time_s');
    latest = timeS;
    const user: UserId = userId(same(checkedId(values.user, 'user', place)));
    const item: ItemId = itemId(same(checkedId(values.item, 'item', place)));
    const type = same(checkedId(values.type, 'type', place));
    const device = values.device === '' ? null : same(checkedId(values.device, 'device', place));
    yield { user, item, type, timeS, device };
  }
}

type Column = (typeof shape.required)[number] | (typeof shape.optional)[number];

function interner(): (text: string) => string {
  const known = new Map<string, string>();
  return (text) => {
    const first = known.get(text);
    if (first !== undefined) return first;
    known.set(text, text);
    return text;
  };
}
