import type { FeedEntry, FeedPage, SpaceFeedPage } from '../../domain/store-port.js';
import type { BoundedLog } from './bounded-log.js';

/** A batch as a log keeps it: its offset is its place there. */
export type LoggedBatch = Omit<FeedEntry, 'offset'>;

/** What a space's feed keeps: a batch, or that somebody was forgotten. */
export type Fed = LoggedBatch | { readonly mark: string };

export function activityPage(log: BoundedLog<LoggedBatch>, after: number, limit: number): FeedPage {
  const { low, high } = log;
  const entries = log.after(after, limit).map(({ offset, entry }) => ({ offset, ...entry }));
  return { entries, low, high };
}

export function feedPage(log: BoundedLog<Fed>, after: number, limit: number): SpaceFeedPage {
  const { low, high } = log;
  const found = log.after(after, limit);
  return {
    entries: found.flatMap(({ offset, entry }) => ('mark' in entry ? [] : [{ offset, ...entry }])),
    forgotten: found.flatMap(({ offset, entry }) => ('mark' in entry ? [{ offset, ...entry }] : [])),
    low,
    high,
  };
}
