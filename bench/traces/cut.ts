/**
 * Cuts a trace that fits into this repository out of a larger one:
 *
 *     npx tsx --conditions=foresync-dev bench/traces/cut.ts SOURCE OUT --seconds 2000
 *
 * keeps the events of the last so many pairs of a user and a whole second, the sizes of the items in them and the
 * relations among these. Nothing is drawn by chance and nothing is renamed: the same source gives the same bytes.
 */
import { parseArgs } from 'node:util';
import { EventTable } from '../../src/replay/import/event-table.js';
import { assertWritable, writeTrace } from '../../src/replay/import/trace-writer.js';
import { readMeta } from '../../src/replay/trace-meta.js';
import { readRows } from '../../src/replay/trace-rows.js';
import { readRelations, readSizes } from '../../src/replay/trace-tables.js';
import type { TraceRow } from '../../src/replay/trace-types.js';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { seconds: { type: 'string' }, force: { type: 'boolean', default: false } },
});
const [source, out] = positionals;
const seconds = Number(values.seconds);
if (source === undefined || out === undefined || !Number.isSafeInteger(seconds) || seconds < 1) {
  throw new Error('usage: cut.ts SOURCE OUT --seconds N [--force]');
}

await assertWritable(out, values.force);
const events = new EventTable();
for (const row of lastRows(await allRows(source), seconds)) events.add(row);
await writeTrace(out, {
  meta: await readMeta(source),
  events,
  relations: relationsAmong(await readRelations(source), events.items),
  sizes: new Map([...(await readSizes(source))].filter(([item]) => events.items.has(item))),
});
console.log(`${out}: ${events.size} events, ${events.users} users, ${events.items.size} items`);

async function allRows(folder: string): Promise<TraceRow[]> {
  const rows: TraceRow[] = [];
  for await (const row of readRows(folder)) rows.push(row);
  return rows;
}

/** Rows from the first row of the last `count` pairs of user and second on. */
function lastRows(rows: readonly TraceRow[], count: number): readonly TraceRow[] {
  const pairs = new Set<string>();
  let from = rows.length;
  for (; from > 0; from--) {
    const row = rows[from - 1];
    if (row === undefined) break;
    const pair = `${Math.floor(row.timeS)} ${row.user}`;
    if (!pairs.has(pair) && pairs.size === count) break;
    pairs.add(pair);
  }
  return rows.slice(from);
}

function relationsAmong(
  relations: ReadonlyMap<string, readonly string[]>,
  items: ReadonlySet<string>,
): (readonly [string, string])[] {
  return [...relations].flatMap(([source, targets]) => {
    if (!items.has(source)) return [];
    return targets.filter((target) => items.has(target)).map((target) => [source, target] as const);
  });
}
