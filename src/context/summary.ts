import type { UserContext } from '../domain/context.js';
import type { ItemId } from '../domain/ids.js';

/** Most bytes of a `user_context` (proto: UTF-8 JSON). */
const SUMMARY_BYTES = 4 * 1024;
const LAST_VIEWED = 16;
const RECENT_EDITS = 16;
const QUERY_BUCKETS = 32;

/**
 * The `user_context` of a checkpoint (SPEC C1) as JSON of at most 4 KiB of UTF-8: last viewed items and recent edits,
 * newest first, query buckets, the location cell if one was permitted. Where long ids would not fit, the oldest
 * entries are left out. Empty before the first step.
 */
export function summarise(context: UserContext): string {
  if (context.lastStepMs === 0) return '';
  const viewed = context.items.slice(0, LAST_VIEWED).map(({ item, lastMs }) => ({ item, timeMs: lastMs }));
  const edits = context.items
    .filter(({ lastKind }) => lastKind !== 'viewed')
    .slice(0, RECENT_EDITS)
    .map(({ item, lastMs }) => ({ item, timeMs: lastMs }));
  for (;;) {
    const json = asJson(context, viewed, edits);
    if (encoder.encode(json).length <= SUMMARY_BYTES) return json;
    // Ends after at most 32 rounds: without items the rest is far below the limit.
    if (viewed.length >= edits.length) viewed.pop();
    else edits.pop();
  }
}

interface Touched {
  readonly item: ItemId;
  readonly timeMs: number;
}

function asJson(
  context: UserContext,
  lastViewed: readonly Touched[],
  recentEdits: readonly Touched[],
): string {
  return JSON.stringify({
    lastViewed,
    recentEdits,
    queryBuckets: context.queryBuckets.slice(0, QUERY_BUCKETS),
    ...(context.locationCell === null ? {} : { locationCell: context.locationCell }),
  });
}

const encoder = new TextEncoder();
