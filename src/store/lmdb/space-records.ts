import { StoredSpace } from '@foresync/protocol/at-rest';
import { ForesyncError } from '../../domain/errors.js';
import type { ItemId, SpaceId } from '../../domain/ids.js';
import type { Change } from '../../domain/item.js';
import { invalid } from '../checks.js';
import { decodeAs } from '../codec/fields.js';
import { decodeChange, encodeChange } from '../codec/change.js';
import { corrupt } from '../failures.js';
import type { LogKeys } from './keys.js';
import { keys, logs } from './keys.js';
import type { Bounds } from './log-records.js';
import { appendTo } from './log-records.js';
import type { Reading, Writing } from './records.js';

export interface SpaceRecord {
  readonly space: SpaceId;
  readonly shards: number;
  readonly epoch: string;
  /** Of shards whose copied logs have others; '' or nothing = that of the space. */
  readonly epochs: readonly string[];
}

export function findSpace(records: Reading, space: SpaceId): SpaceRecord | null {
  const bytes = records.get(keys.space(space));
  if (bytes === null) return null;
  return { space, ...decodeAs('a space', StoredSpace, bytes) };
}

/** Throws SPACE_UNKNOWN. */
export function getSpace(records: Reading, space: SpaceId): SpaceRecord {
  const found = findSpace(records, space);
  if (found === null) throw new ForesyncError('SPACE_UNKNOWN', 'the space does not exist');
  return found;
}

export function makeSpace(records: Writing, space: SpaceRecord): SpaceRecord {
  const { shards, epoch, epochs } = space;
  records.put(keys.space(space.space), StoredSpace.encode({ shards, epoch, epochs: [...epochs] }).finish());
  return space;
}

/** Throws FIELD_INVALID for a shard that the space does not have. */
export function shardLog({ space, shards }: SpaceRecord, shard: number): LogKeys {
  if (shard < shards) return logs.shard(space, shard);
  throw invalid('shard', `is ${shard}, the last one of the space is ${shards - 1}`, `${shards - 1}`);
}

/** The epoch of a shard's log. */
export function epochOf({ epoch, epochs }: SpaceRecord, shard: number): string {
  const own = epochs[shard] ?? '';
  return own === '' ? epoch : own;
}

/** A change of the space. Throws STORE_CORRUPT. */
export function changeIn(space: SpaceRecord, bytes: Uint8Array): Change {
  const change = decodeChange(space.space, bytes);
  return { ...change, epoch: epochOf(space, change.head.shard) };
}

/** The item's last change, a remembered delete included. */
export function lastChange(records: Reading, space: SpaceRecord, item: ItemId): Change | null {
  const { space: name } = space;
  const bytes = records.get(keys.live(name, item)) ?? records.get(keys.deleted(name, item));
  return bytes === null ? null : changeIn(space, bytes);
}

/** Makes a change the newest of its item and of its shard's log; deletes go with their entry of the log. */
export function appendChange(
  records: Writing,
  space: SpaceRecord,
  change: Change,
  log: { readonly keys: LogKeys; readonly bounds: Bounds; readonly retention: number },
): void {
  const { item, dataHash } = change.head;
  const value = encodeChange(change);
  const [place, other] = [keys.live(space.space, item), keys.deleted(space.space, item)];
  records.put(dataHash === null ? other : place, value);
  records.remove(dataHash === null ? place : other);
  const onRemove = (offset: number): void => forgetDelete(records, space, log.keys.entry(offset), offset);
  appendTo(records, log.keys, log.bounds, { value, retention: log.retention, onRemove });
}

function forgetDelete(records: Writing, space: SpaceRecord, entry: Uint8Array, offset: number): void {
  const bytes = records.get(entry);
  if (bytes === null) throw corrupt('a log');
  const { head } = changeIn(space, bytes);
  if (head.dataHash !== null) return;
  const place = keys.deleted(space.space, head.item);
  const deleted = records.get(place);
  if (deleted !== null && changeIn(space, deleted).head.version === offset) {
    records.remove(place);
  }
}
