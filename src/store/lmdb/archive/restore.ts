import {
  StoredAlias,
  StoredBounds,
  StoredCheckpoints,
  StoredHolder,
  StoredItem,
  StoredSnapshot,
  StoredUser,
} from '@foresync/protocol/at-rest';
import type { ArchiveRecord } from '../../../domain/archive-port.js';
import { contentMissing } from '../../archive/refusals.js';
import { encodeBatch, encodeMark } from '../../codec/batch.js';
import { encodeChange } from '../../codec/change.js';
import { decodeAs, whole } from '../../codec/fields.js';
import { encodeCheckpoint, encodeContext, encodeHeld, encodeRecurrent } from '../../codec/user.js';
import { countReference, findBlob } from '../blob-records.js';
import { holderOf, keys, logs } from '../keys.js';
import { writeCounter } from '../log-records.js';
import type { Writing } from '../records.js';
import { epochOf, getSpace, makeSpace } from '../space-records.js';

type Of<Kind extends ArchiveRecord['kind']> = Extract<ArchiveRecord, { kind: Kind }>;

/** Writes a record where the adapter keeps it; again: the same. Throws STORE_CORRUPT for a head without its content. */
export function restore(records: Writing, record: ArchiveRecord, nowMs: number): void {
  switch (record.kind) {
    case 'blob':
      return; // Its bytes bring it along.
    case 'space':
      restoreSpace(records, record);
      return;
    case 'shard':
      restoreShard(records, record);
      return;
    case 'feed':
      putBounds(records, logs.feed(record.space).bounds, record);
      return;
    case 'head':
      restoreHead(records, record, nowMs);
      return;
    case 'change':
      records.put(
        logs.shard(record.space, record.head.shard).entry(record.head.version),
        encodeChange(record),
      );
      return;
    case 'fed':
      records.put(logs.feed(record.batch.space).entry(record.offset), encodeBatch(record));
      return;
    case 'fed-mark':
      records.put(logs.feed(record.space).entry(record.offset), encodeMark(record.mark));
      return;
    case 'snapshot': {
      const { space, name, offset, bytes } = record;
      const value = StoredSnapshot.encode({ offset: BigInt(offset), snapshot: bytes }).finish();
      records.put(keys.snapshot(space, name), value);
      return;
    }
    case 'forgotten': {
      const { mark, era, isUnfinished } = record;
      records.put(keys.forgotten(mark), StoredUser.encode({ era: BigInt(era), isUnfinished }).finish());
      records.put(keys.forgottenAt(era, mark), new Uint8Array());
      return;
    }
    default:
      restoreOfUser(records, record);
  }
}

function restoreOfUser(
  records: Writing,
  record: Of<
    'alias' | 'sequence' | 'context' | 'recurrent' | 'activity-log' | 'activity' | 'checkpoint' | 'held'
  >,
): void {
  const { user } = record;
  switch (record.kind) {
    case 'alias': {
      const { alias, era } = record;
      records.put(keys.alias(user), StoredAlias.encode({ alias, era: BigInt(era) }).finish());
      return;
    }
    case 'sequence':
      writeCounter(records, keys.sequence(user, record.device), record.sequence);
      return;
    case 'context':
      records.put(keys.context(user, record.space), encodeContext(record));
      return;
    case 'recurrent':
      records.put(keys.recurrent(user, record.space), encodeRecurrent(record));
      return;
    case 'activity-log':
      putBounds(records, logs.activity(user).bounds, record);
      return;
    case 'activity':
      records.put(logs.activity(user).entry(record.offset), encodeBatch(record));
      return;
    case 'checkpoint':
      restoreCheckpoint(records, record);
      return;
    case 'held':
      restoreHeld(records, record);
  }
}

function restoreSpace(records: Writing, { space, shards, epoch }: Of<'space'>): void {
  if (records.get(keys.space(space)) === null) makeSpace(records, { space, shards, epoch, epochs: [] });
}

function restoreShard(records: Writing, record: Of<'shard'>): void {
  const { space, shard, epoch } = record;
  const known = getSpace(records, space);
  if (epochOf(known, shard) !== epoch) {
    const own = (at: number): string => (at === shard ? epoch : (known.epochs[at] ?? ''));
    makeSpace(records, { ...known, epochs: Array.from({ length: known.shards }, (_, at) => own(at)) });
  }
  putBounds(records, logs.shard(space, shard).bounds, record);
}

/** The first time it is written, its content has one head more. */
function restoreHead(records: Writing, record: Of<'head'>, nowMs: number): void {
  const { space, head } = record;
  const { item, dataHash } = head;
  const place = dataHash === null ? keys.deleted(space, item) : keys.live(space, item);
  if (dataHash !== null && records.get(place) === null) {
    const blob = findBlob(records, dataHash);
    if (blob === null) throw contentMissing(dataHash);
    countReference(records, dataHash, blob, 1, nowMs);
  }
  records.put(place, encodeChange(record));
}

function restoreCheckpoint(records: Writing, { user, space, place, checkpoint }: Of<'checkpoint'>): void {
  const { item } = checkpoint;
  records.put(keys.checkpoint(user, space, item), encodeCheckpoint(checkpoint, place));
  records.put(keys.saved(user, space, place), StoredItem.encode({ item }).finish());
  const before = records.get(keys.checkpoints(user, space));
  const saved = before === null ? 0n : decodeAs('totals of checkpoints', StoredCheckpoints, before).saved;
  if (saved >= place) return;
  const totals = { count: BigInt(place), saved: BigInt(place) };
  records.put(keys.checkpoints(user, space), StoredCheckpoints.encode(totals).finish());
}

function restoreHeld(records: Writing, { user, device, space, item, dataHash }: Of<'held'>): void {
  const holder = holderOf(device, space);
  const [place, total] = [keys.held(user, holder, item), keys.manifest(user, holder)];
  if (records.get(place) === null) {
    const before = records.get(total);
    const count = before === null ? 0 : whole('a holder', decodeAs('a holder', StoredHolder, before).count);
    records.put(total, StoredHolder.encode({ count: BigInt(count + 1), device, space }).finish());
  }
  records.put(place, encodeHeld(item, dataHash));
}

function putBounds(
  records: Writing,
  key: Uint8Array,
  { low, high }: { readonly low: number; readonly high: number },
): void {
  records.put(key, StoredBounds.encode({ low: BigInt(low), high: BigInt(high) }).finish());
}
