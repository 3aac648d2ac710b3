import { basename } from 'node:path';
import { ForesyncError } from '../../domain/errors.js';
import type { CsvRecord } from '../csv.js';
import { readCsv } from '../csv.js';
import { readLines } from '../text-lines.js';
import { traceInvalid } from '../trace-invalid.js';
import { readTime } from './csv-time.js';
import { EventTable } from './event-table.js';
import type { ImportResult } from './import-result.js';
import { isId, LeftOut } from './import-result.js';
import type { Naming } from './pseudonyms.js';

/** Names of the columns in the file's header; null where the file has no such column. */
export interface CsvColumns {
  readonly user: string;
  readonly item: string;
  readonly time: string;
  readonly type: string | null;
  readonly device: string | null;
  readonly size: string | null;
}

export interface CsvImportOptions {
  readonly name: string | null;
  readonly licence: string;
  readonly naming: Naming;
  readonly columns: CsvColumns;
  readonly separator: string;
  readonly writes: readonly string[];
  readonly creates: readonly string[];
  readonly outside: readonly string[];
  onProgress(events: number): void;
}

/**
 * Any CSV file with a header (gzip too) as a trace, its columns mapped. Times are epoch seconds, epoch milliseconds or
 * ISO 8601; the lines may be in any order. Without a type column every event is a `view`. Throws FIELD_INVALID for a
 * column that the header lacks, and TRACE_INVALID with file and line for a line that cannot be read: none is skipped.
 */
export async function importCsv(file: string, options: CsvImportOptions): Promise<ImportResult> {
  const events = new EventTable();
  const sizes = new Map<string, number>();
  let places: Places | null = null;
  for await (const record of readCsv(readLines(file), file, options.separator)) {
    if (places === null) places = findColumns(record, options.columns, file);
    else take(record, { file, places, options, events, sizes });
    if (events.size % 10_000 === 9999) options.onProgress(events.size);
  }
  if (events.size === 0) throw traceInvalid({ file, line: 1 }, 'has no events');
  const { licence, writes, creates, outside } = options;
  const name = options.name ?? basename(file).replace(/(\.csv)?(\.gz)?$/, '');
  const meta = { name, licence, train: false, writes, creates, outside };
  return { trace: { meta, events, relations: [], sizes }, leftOut: new LeftOut().counts };
}

type Places = Readonly<Record<keyof CsvColumns, number>>;

function findColumns(header: CsvRecord, columns: CsvColumns, file: string): Places {
  const find = (field: keyof CsvColumns): number => {
    const name = columns[field];
    if (name === null) return -1;
    const at = header.fields.indexOf(name);
    if (at >= 0) return at;
    const known = header.fields.join(', ');
    throw new ForesyncError('FIELD_INVALID', `${file} has no column "${name}"; it has ${known}`, { field });
  };
  return {
    user: find('user'),
    item: find('item'),
    time: find('time'),
    type: find('type'),
    device: find('device'),
    size: find('size'),
  };
}

interface Taking {
  readonly file: string;
  readonly places: Places;
  readonly options: CsvImportOptions;
  readonly events: EventTable;
  readonly sizes: Map<string, number>;
}

function take({ line, fields }: CsvRecord, { file, places, options, events, sizes }: Taking): void {
  const value = (field: keyof CsvColumns): string => fields[places[field]] ?? '';
  const id = (field: 'user' | 'item' | 'type' | 'device'): string => {
    if (isId(value(field))) return value(field);
    throw traceInvalid({ file, line }, `${field} is empty or longer than 512 bytes`, field);
  };
  const timeS = readTime(value('time'));
  if (timeS === null) {
    const shown = value('time').slice(0, 40);
    throw traceInvalid({ file, line }, `time "${shown}" is neither an epoch nor an ISO 8601 time`, 'time');
  }
  const device = value('device') === '' ? null : options.naming(id('device'));
  const item = id('item');
  const type = places.type < 0 ? 'view' : id('type');
  events.add({ user: options.naming(id('user')), item, type, timeS, device });
  if (value('size') === '') return;
  const size = Number(value('size'));
  if (!Number.isSafeInteger(size) || size < 0)
    throw traceInvalid({ file, line }, 'size is no count of bytes', 'size');
  sizes.set(item, size);
}
