import type { TextLine } from './text-lines.js';
import { MAX_LINE } from './text-lines.js';
import type { Place } from './trace-invalid.js';
import { traceInvalid } from './trace-invalid.js';

/** One record of a CSV file; `line` is where it starts. */
export interface CsvRecord {
  readonly line: number;
  readonly fields: readonly string[];
}

/**
 * Records of a CSV file as RFC 4180 has them: fields in quotes may hold separators, quotes (doubled) and line breaks;
 * lines end with LF or CRLF; empty lines are skipped. Throws TRACE_INVALID with file and line.
 */
export async function* readCsv(
  lines: AsyncIterable<TextLine>,
  file: string,
  separator = ',',
): AsyncGenerator<CsvRecord> {
  const parts: string[] = [];
  let start = 0;
  let length = 0;
  let open = false;
  for await (const { line, text } of lines) {
    if (parts.length === 0) start = line;
    parts.push(text);
    length += text.length + 1;
    open = open !== hasOddQuotes(text);
    if (open && length > MAX_LINE) break;
    if (open) continue;
    const record = parts.length === 1 ? text : parts.join('\n');
    parts.length = length = 0;
    const trimmed = record.endsWith('\r') ? record.slice(0, -1) : record;
    if (trimmed !== '') yield { line: start, fields: split(trimmed, separator, { file, line: start }) };
  }
  if (open) throw traceInvalid({ file, line: start }, 'a quote is opened here and never closed');
}

/** One line of a CSV file, with its line break; quotes what needs it. */
export function csvLine(fields: readonly (string | number)[]): string {
  return `${fields.map(quoted).join(',')}\n`;
}

function quoted(field: string | number): string {
  const text = String(field);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** Then a quoted field goes on in the next line, or ends in this one. */
function hasOddQuotes(text: string): boolean {
  let odd = false;
  for (let at = text.indexOf('"'); at >= 0; at = text.indexOf('"', at + 1)) odd = !odd;
  return odd;
}

function split(record: string, separator: string, place: Place): string[] {
  if (!record.includes('"')) return record.split(separator);
  const fields: string[] = [];
  let at = 0;
  for (;;) {
    const end = fieldEnd(record, at, separator, place);
    const field = record.slice(at, end);
    fields.push(field.startsWith('"') ? field.slice(1, -1).replaceAll('""', '"') : field);
    if (end === record.length) return fields;
    at = end + separator.length;
  }
}

function fieldEnd(record: string, at: number, separator: string, place: Place): number {
  const end = record[at] === '"' ? closingQuote(record, at) + 1 : at;
  const next = record.indexOf(separator, end);
  const stop = next < 0 ? record.length : next;
  if (record[at] === '"' ? stop !== end : record.slice(at, stop).includes('"')) {
    throw traceInvalid(place, `field ${record.slice(at, at + 40)} has a quote in a wrong place`);
  }
  return stop;
}

/** Index of the quote that ends the field; the record's quotes are even, so there is one, or text follows it. */
function closingQuote(record: string, at: number): number {
  for (let quote = record.indexOf('"', at + 1); quote >= 0; quote = record.indexOf('"', quote + 2)) {
    if (record[quote + 1] !== '"') return quote;
  }
  return record.length - 1;
}
