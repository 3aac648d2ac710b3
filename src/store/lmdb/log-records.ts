import { StoredBounds, StoredCounter } from '@foresync/protocol/at-rest';
import { decodeAs, whole } from '../codec/fields.js';
import { corrupt } from '../failures.js';
import type { LogKeys } from './keys.js';
import { offsetOf } from './keys.js';
import type { Reading, Writing } from './records.js';

/** Entries that one append removes at most, where a retention was lowered. */
const TRIM_AT_ONCE = 16;

/** A stored number; 0 where there is none. Throws STORE_CORRUPT. */
export function readCounter(records: Reading, key: Uint8Array): number {
  const bytes = records.get(key);
  return bytes === null ? 0 : decodeCounter(bytes);
}

/** Throws STORE_CORRUPT. */
export function decodeCounter(bytes: Uint8Array): number {
  return whole('a counter', decodeAs('a counter', StoredCounter, bytes).value);
}

export function writeCounter(records: Writing, key: Uint8Array, value: number): void {
  records.put(key, StoredCounter.encode({ value: BigInt(value) }).finish());
}

export interface Bounds {
  readonly low: number;
  readonly high: number;
}

/** Bounds of a log: its entries have low < offset <= high. Throws STORE_CORRUPT. */
export function readBounds(records: Reading, log: LogKeys): Bounds {
  const bytes = records.get(log.bounds);
  if (bytes === null) return { low: 0, high: 0 };
  const { low, high } = decodeAs('bounds', StoredBounds, bytes);
  return { low: whole('bounds', low), high: whole('bounds', high) };
}

/** Adds an entry after `bounds.high` and removes the oldest beyond the retention; `onRemove` sees each before it goes. */
export function appendTo(
  records: Writing,
  log: LogKeys,
  { low, high }: Bounds,
  entry: {
    readonly value: Uint8Array;
    readonly retention: number;
    readonly onRemove?: (offset: number) => void;
  },
): void {
  const next = high + 1;
  const wanted = Math.min(Math.max(low, next - entry.retention), low + TRIM_AT_ONCE);
  for (let offset = low + 1; offset <= wanted; offset++) {
    entry.onRemove?.(offset);
    records.remove(log.entry(offset));
  }
  records.put(log.entry(next), entry.value);
  records.put(log.bounds, StoredBounds.encode({ low: BigInt(wanted), high: BigInt(next) }).finish());
}

/** Entries with offset > after, at most `limit`, with their offsets. */
export function readAfter(
  records: Reading,
  log: LogKeys,
  bounds: Bounds,
  page: { readonly after: number; readonly limit: number },
): (readonly [offset: number, value: Uint8Array])[] {
  const entries = readSparseAfter(records, log, bounds, page);
  const expected = Math.min(page.limit, bounds.high - Math.max(page.after, bounds.low));
  if (entries.length !== Math.max(0, expected)) throw corrupt('a log');
  return entries;
}

/** As `readAfter`, of a log from which entries may have been taken out in between. */
export function readSparseAfter(
  records: Reading,
  log: LogKeys,
  { low, high }: Bounds,
  page: { readonly after: number; readonly limit: number },
): (readonly [offset: number, value: Uint8Array])[] {
  const first = Math.max(page.after, low) + 1;
  if (first > high) return [];
  const range = { start: log.entry(first), end: log.entry(high + 1), limit: page.limit };
  return records.range(range).map(([key, value]) => [offsetOf(key), value]);
}
