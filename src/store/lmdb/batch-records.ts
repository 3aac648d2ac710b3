import type { FeedEntry, FeedPage } from '../../domain/store-port.js';
import { decodeBatch, encodeBatch } from '../codec/batch.js';
import type { LogKeys } from './keys.js';
import { appendTo, readAfter, readBounds } from './log-records.js';
import type { Reading, Writing } from './records.js';

/** Logs that a batch goes to, each with what it keeps. */
export interface BatchLog {
  readonly keys: LogKeys;
  readonly retention: number;
}

/** Adds a batch to each of the logs. */
export function appendBatch(
  records: Writing,
  batch: Omit<FeedEntry, 'offset'>,
  logs: readonly BatchLog[],
): void {
  const value = encodeBatch(batch);
  for (const { keys, retention } of logs) {
    appendTo(records, keys, readBounds(records, keys), { value, retention });
  }
}

export function readBatches(records: Reading, log: LogKeys, after: number, limit: number): FeedPage {
  const bounds = readBounds(records, log);
  const entries = readAfter(records, log, bounds, { after, limit });
  return { entries: entries.map(([offset, value]) => decodeBatch(offset, value)), ...bounds };
}
