import type { SpaceId } from '../../domain/ids.js';
import type { FeedEntry, FeedPage, SpaceFeedPage } from '../../domain/store-port.js';
import { decodeBatch, decodeFed, encodeBatch } from '../codec/batch.js';
import type { LogKeys } from './keys.js';
import { logs } from './keys.js';
import { appendTo, readAfter, readBounds, readSparseAfter } from './log-records.js';
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
  into: readonly BatchLog[],
): void {
  const value = encodeBatch(batch);
  for (const { keys, retention } of into) {
    appendTo(records, keys, readBounds(records, keys), { value, retention });
  }
}

export function readBatches(records: Reading, log: LogKeys, after: number, limit: number): FeedPage {
  const bounds = readBounds(records, log);
  const entries = readAfter(records, log, bounds, { after, limit });
  return { entries: entries.map(([offset, value]) => decodeBatch(offset, value)), ...bounds };
}

export function readFed(records: Reading, space: SpaceId, after: number, limit: number): SpaceFeedPage {
  const log = logs.feed(space);
  const bounds = readBounds(records, log);
  return { ...decodeFed(readSparseAfter(records, log, bounds, { after, limit })), ...bounds };
}
