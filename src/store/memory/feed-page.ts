import type { FeedEntry, FeedPage } from '../../domain/store-port.js';
import type { BoundedLog } from './bounded-log.js';

/** A batch as a log keeps it: its offset is its place there. */
export type LoggedBatch = Omit<FeedEntry, 'offset'>;

export function feedPage(log: BoundedLog<LoggedBatch>, after: number, limit: number): FeedPage {
  const { low, high } = log;
  const first = Math.max(after, low) + 1;
  const entries = log.after(after, limit).map((entry, index) => ({ offset: first + index, ...entry }));
  return { entries, low, high };
}
