import type { FeedEntry, ForgottenMark, SpaceFeedPage } from './store-port.js';

/** Where a reader of a feed goes on after this page; null if nothing was on it. */
export function lastOffset({ entries, forgotten }: SpaceFeedPage): number | null {
  const last = Math.max(entries.at(-1)?.offset ?? 0, forgotten.at(-1)?.offset ?? 0);
  return last === 0 ? null : last;
}

/** Entries and marks of a page by their offsets. */
export function inOrder({ entries, forgotten }: SpaceFeedPage): readonly (FeedEntry | ForgottenMark)[] {
  if (forgotten.length === 0) return entries;
  return [...entries, ...forgotten].sort((a, b) => a.offset - b.offset);
}
