import { StoredActivityType, StoredBatch } from '@foresync/protocol/at-rest';
import type { StoredActivity } from '@foresync/protocol/at-rest';
import type { Activity, ItemActivity } from '../../domain/activity.js';
import { deviceId, itemId, type Pseudonym, pseudonym, spaceId } from '../../domain/ids.js';
import type { FeedEntry, ForgottenMark, SpaceFeedPage } from '../../domain/store-port.js';
import { decodeAs, whole } from './fields.js';
import { corrupt } from '../failures.js';

const WHAT = 'a batch of activities';

/** Its offset is in its key. */
export function encodeBatch({ user, device, batch }: Omit<FeedEntry, 'offset'>): Uint8Array {
  return StoredBatch.encode({
    user,
    device,
    space: batch.space,
    sequence: BigInt(batch.sequence),
    activities: batch.activities.map(toStored),
    forgotten: new Uint8Array(),
  }).finish();
}

/** What stands in a feed where a user was forgotten. */
export function encodeMark(mark: string): Uint8Array {
  return StoredBatch.encode(StoredBatch.fromPartial({ forgotten: Buffer.from(mark, 'hex') })).finish();
}

/** The entries and marks of a feed, in order. Throws STORE_CORRUPT. */
export function decodeFed(
  found: readonly (readonly [offset: number, bytes: Uint8Array])[],
): Pick<SpaceFeedPage, 'entries' | 'forgotten'> {
  const entries: FeedEntry[] = [];
  const forgotten: ForgottenMark[] = [];
  for (const [offset, bytes] of found) {
    const mark = markOf(bytes);
    if (mark === null) entries.push(decodeBatch(offset, bytes));
    else forgotten.push({ offset, mark });
  }
  return { entries, forgotten };
}

/** How every batch of a user begins as it is stored, and no other. */
export function batchPrefix(user: Pseudonym): Uint8Array {
  return StoredBatch.encode(StoredBatch.fromPartial({ user })).finish();
}

/** Throws STORE_CORRUPT. */
export function decodeBatch(offset: number, bytes: Uint8Array): FeedEntry {
  const stored = decodeAs(WHAT, StoredBatch, bytes);
  return {
    offset,
    user: pseudonym(stored.user),
    device: deviceId(stored.device),
    batch: {
      space: spaceId(stored.space),
      sequence: whole(WHAT, stored.sequence),
      activities: stored.activities.map(fromStored),
    },
  };
}

/** A batch has a user, which comes first. */
function markOf(bytes: Uint8Array): string | null {
  if (bytes[0] === USER_FIRST) return null;
  const { forgotten } = decodeAs(WHAT, StoredBatch, bytes);
  return forgotten.length === 0 ? null : Buffer.from(forgotten).toString('hex');
}

function toStored(activity: Activity): StoredActivity {
  const common = { timeMs: BigInt(activity.timeMs), locationCell: activity.locationCell ?? undefined };
  return activity.type === 'searched'
    ? { ...common, type: TO_STORED.searched, item: '', queryBuckets: [...activity.queryBuckets] }
    : { ...common, type: TO_STORED[activity.type], item: activity.item, queryBuckets: [] };
}

function fromStored(stored: StoredActivity): Activity {
  const timeMs = whole(WHAT, stored.timeMs);
  const locationCell = stored.locationCell ?? null;
  const itemActivity = (type: ItemActivity['type']): ItemActivity => {
    return { type, item: itemId(stored.item), timeMs, locationCell };
  };
  switch (stored.type) {
    case StoredActivityType.STORED_ACTIVITY_TYPE_VIEWED:
      return itemActivity('viewed');
    case StoredActivityType.STORED_ACTIVITY_TYPE_EDITED:
      return itemActivity('edited');
    case StoredActivityType.STORED_ACTIVITY_TYPE_CREATED:
      return itemActivity('created');
    case StoredActivityType.STORED_ACTIVITY_TYPE_SEARCHED:
      return { type: 'searched', queryBuckets: stored.queryBuckets, timeMs, locationCell };
    default:
      throw corrupt(WHAT);
  }
}

/** Tag of the first field, which is a text. */
const USER_FIRST = 0x0a;

const TO_STORED: Readonly<Record<Activity['type'], StoredActivityType>> = {
  viewed: StoredActivityType.STORED_ACTIVITY_TYPE_VIEWED,
  edited: StoredActivityType.STORED_ACTIVITY_TYPE_EDITED,
  created: StoredActivityType.STORED_ACTIVITY_TYPE_CREATED,
  searched: StoredActivityType.STORED_ACTIVITY_TYPE_SEARCHED,
};
