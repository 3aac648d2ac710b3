import { PROTOCOL_LIMITS } from '@foresync/protocol/limits';
import type { CsvRecord } from './csv.js';
import { readCsv } from './csv.js';
import type { Place } from './trace-invalid.js';
import { traceInvalid } from './trace-invalid.js';
import { readLines } from './text-lines.js';

/** A line of a table: the values of the wanted columns, `undefined` for an optional column that the file lacks. */
export interface TableLine<Column extends string> {
  readonly place: Place;
  readonly values: Readonly<Record<Column, string>>;
}

/** Which columns a table has; `optional` ones are empty strings where the file lacks them. */
export interface TableShape<Column extends string> {
  readonly required: readonly Column[];
  readonly optional: readonly Column[];
  readonly maxLines: number;
}

/**
 * Lines of a table by the names in its header, in any order of columns. Throws TRACE_INVALID for a missing, doubled or
 * unknown column, a line with too few or too many fields, and for more than `maxLines` lines.
 */
export async function* readTable<Column extends string>(
  file: string,
  shape: TableShape<Column>,
): AsyncGenerator<TableLine<Column>> {
  let columns: readonly Column[] | null = null;
  let count = 0;
  for await (const record of readCsv(readLines(file), file)) {
    if (columns === null) columns = header(record, shape, file);
    else yield tableLine(record, columns, shape, file);
    if (count++ > shape.maxLines) {
      throw traceInvalid({ file, line: record.line }, `more than ${shape.maxLines} lines`);
    }
  }
  if (columns === null) throw traceInvalid({ file, line: 0 }, `is empty; ${expected(shape)}`);
}

/** An id as the contract has it: 1 to 512 bytes of UTF-8. */
export function checkedId(value: string, field: string, place: Place): string {
  const bytes = value.length * 3 > PROTOCOL_LIMITS.idBytes ? Buffer.byteLength(value) : value.length;
  if (bytes >= 1 && bytes <= PROTOCOL_LIMITS.idBytes) return value;
  throw traceInvalid(
    place,
    `${field} has ${bytes} bytes, 1 to ${PROTOCOL_LIMITS.idBytes} are allowed`,
    field,
  );
}

/** A plain decimal number from 0 to `max`. */
export function checkedNumber(value: string, field: string, place: Place, max: number): number {
  const number = /^\d+(\.\d+)?$/.test(value) ? Number(value) : Number.NaN;
  if (number >= 0 && number <= max) return number;
  throw traceInvalid(place, `${field} "${value.slice(0, 40)}" is no number from 0 to ${max}`, field);
}

function header<Column extends string>(
  record: CsvRecord,
  shape: TableShape<Column>,
  file: string,
): readonly Column[] {
  const place = { file, line: record.line };
  const known = [...shape.required, ...shape.optional];
  const columns = record.fields.map((name) => {
    const column = known.find((candidate) => candidate === name);
    if (column === undefined) throw traceInvalid(place, `unknown column "${name}"; ${expected(shape)}`, name);
    return column;
  });
  const missing = shape.required.find((name) => !columns.includes(name));
  if (missing !== undefined)
    throw traceInvalid(place, `column ${missing} is missing; ${expected(shape)}`, missing);
  const doubled = columns.find((name, at) => columns.indexOf(name) !== at);
  if (doubled !== undefined) throw traceInvalid(place, `column ${doubled} is there twice`, doubled);
  return columns;
}

function tableLine<Column extends string>(
  record: CsvRecord,
  columns: readonly Column[],
  shape: TableShape<Column>,
  file: string,
): TableLine<Column> {
  const place = { file, line: record.line };
  if (record.fields.length !== columns.length) {
    throw traceInvalid(place, `${record.fields.length} fields, the header names ${columns.length}`);
  }
  const entries = [...shape.required, ...shape.optional].map((name) => {
    return [name, record.fields[columns.indexOf(name)] ?? ''] as const;
  });
  // Object.fromEntries forgets that every column of the shape is a key.
  return { place, values: Object.fromEntries(entries) as Record<Column, string> };
}

function expected<Column extends string>(shape: TableShape<Column>): string {
  const optional = shape.optional.map((name) => `[,${name}]`).join('');
  return `expected ${shape.required.join(',')}${optional}`;
}
