import { StoredCheckpoints, StoredItem } from '@foresync/protocol/at-rest';
import type { ItemId, Pseudonym, SpaceId } from '../../domain/ids.js';
import { itemId } from '../../domain/ids.js';
import type { StoredCheckpoint } from '../../domain/user-record.js';
import { decodeAs, whole } from '../codec/fields.js';
import { decodeCheckpoint, encodeCheckpoint } from '../codec/user.js';
import { keys } from './keys.js';
import type { Reading, Writing } from './records.js';

export function readCheckpoint(
  records: Reading,
  user: Pseudonym,
  space: SpaceId,
  item: ItemId,
): ReturnType<typeof decodeCheckpoint> | null {
  const bytes = records.get(keys.checkpoint(user, space, item));
  return bytes === null ? null : decodeCheckpoint(item, bytes);
}

/** Writes or replaces a user's checkpoints in a space, then removes those saved longest ago beyond `retention`. */
export function writeCheckpoints(
  records: Writing,
  user: Pseudonym,
  space: SpaceId,
  checkpoints: readonly StoredCheckpoint[],
  retention: number,
): void {
  let { count, saved } = readTotals(records, user, space);
  for (const checkpoint of checkpoints) {
    const { item } = checkpoint;
    const before = readCheckpoint(records, user, space, item);
    if (before === null) count++;
    else records.remove(keys.saved(user, space, before.saved));
    saved++;
    records.put(keys.checkpoint(user, space, item), encodeCheckpoint(checkpoint, saved));
    records.put(keys.saved(user, space, saved), StoredItem.encode({ item }).finish());
  }
  count -= removeOldest(records, user, space, count - retention);
  const totals = StoredCheckpoints.encode({ count: BigInt(count), saved: BigInt(saved) }).finish();
  records.put(keys.checkpoints(user, space), totals);
}

function removeOldest(records: Writing, user: Pseudonym, space: SpaceId, tooMany: number): number {
  if (tooMany <= 0) return 0;
  const range = { start: keys.saved(user, space, 0), end: keys.savedEnd(user, space), limit: tooMany };
  const oldest = records.range(range);
  for (const [place, value] of oldest) {
    const { item } = decodeAs('an item', StoredItem, value);
    records.remove(keys.checkpoint(user, space, itemId(item)));
    records.remove(place);
  }
  return oldest.length;
}

function readTotals(
  records: Reading,
  user: Pseudonym,
  space: SpaceId,
): { readonly count: number; readonly saved: number } {
  const what = 'totals of checkpoints';
  const bytes = records.get(keys.checkpoints(user, space));
  if (bytes === null) return { count: 0, saved: 0 };
  const totals = decodeAs(what, StoredCheckpoints, bytes);
  return { count: whole(what, totals.count), saved: whole(what, totals.saved) };
}
