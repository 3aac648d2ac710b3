import { createWriteStream } from 'node:fs';
import { mkdir, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import { ForesyncError } from '../../domain/errors.js';
import { csvLine } from '../csv.js';
import type { TraceMeta } from '../trace-types.js';
import type { EventTable } from './event-table.js';

/** Everything that an import found. */
export interface ImportedTrace {
  readonly meta: TraceMeta;
  readonly events: EventTable;
  /** Source and target, each pair once. */
  readonly relations: readonly (readonly [string, string])[];
  readonly sizes: ReadonlyMap<string, number>;
}

const tables = ['events.csv', 'relations.csv', 'items.csv'];
const owned = new Set(['meta.json', ...tables, ...tables.map((table) => `${table}.gz`)]);

/** Throws FIELD_INVALID if the folder already holds a trace and `replace` is false. */
export async function assertWritable(folder: string, replace: boolean): Promise<void> {
  if (replace) return;
  const present = await readdir(folder).catch(() => []);
  const taken = present.find((name) => owned.has(name));
  if (taken === undefined) return;
  throw new ForesyncError(
    'FIELD_INVALID',
    `${folder} already holds a trace (${taken}): use --force to replace it`,
    {
      field: 'out',
    },
  );
}

/**
 * Writes a trace folder (tables gzipped, the same bytes for the same trace). `meta.json` is removed first and written
 * last: a folder whose import was cut off is no trace.
 */
export async function writeTrace(folder: string, trace: ImportedTrace): Promise<void> {
  await mkdir(folder, { recursive: true });
  for (const name of owned) await rm(join(folder, name), { force: true });
  await write(folder, 'events.csv.gz', eventLines(trace.events));
  if (trace.relations.length > 0) await write(folder, 'relations.csv.gz', relationLines(trace.relations));
  if (trace.sizes.size > 0) await write(folder, 'items.csv.gz', sizeLines(trace.sizes));
  await write(folder, 'meta.json', [metaText(trace)]);
}

/** A line a field, for people. */
function metaText({ meta, events, relations }: ImportedTrace): string {
  const { name, licence, train, writes, creates, outside } = meta;
  const counts = {
    events: events.size,
    users: events.users,
    items: events.items.size,
    relations: relations.length,
  };
  const fields = Object.entries({ name, licence, train, ...counts, writes, creates, outside });
  const lines = fields.map(
    ([field, value]) => `  "${field}": ${JSON.stringify(value).replaceAll('","', '", "')}`,
  );
  return `{\n${lines.join(',\n')}\n}\n`;
}

function* eventLines(events: EventTable): Generator<string> {
  const device = events.hasDevices ? ['device'] : [];
  yield csvLine(['user', 'item', 'type', 'time_s', ...device]);
  for (const event of events.inOrder()) {
    const last = events.hasDevices ? [event.device ?? ''] : [];
    yield csvLine([event.user, event.item, event.type, event.timeS, ...last]);
  }
}

function* relationLines(relations: ImportedTrace['relations']): Generator<string> {
  yield csvLine(['src', 'dst']);
  for (const pair of relations) yield csvLine(pair);
}

function* sizeLines(sizes: ReadonlyMap<string, number>): Generator<string> {
  yield csvLine(['item', 'size_bytes']);
  for (const entry of sizes) yield csvLine(entry);
}

async function write(folder: string, name: string, lines: Iterable<string>): Promise<void> {
  const partial = join(folder, `.${name}.partial`);
  const zip = name.endsWith('.gz') ? [createGzip({ level: 9 })] : [];
  await pipeline([Readable.from(blocks(lines)), ...zip, createWriteStream(partial)]);
  await rename(partial, join(folder, name));
}

/** Lines by the 64 KiB, so that a stream has work and not overhead. */
function* blocks(lines: Iterable<string>): Generator<string> {
  let block = '';
  for (const line of lines) {
    block += line;
    if (block.length < 1 << 16) continue;
    yield block;
    block = '';
  }
  yield block;
}
