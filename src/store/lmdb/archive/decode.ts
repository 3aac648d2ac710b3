import { StoredSnapshot, StoredUser } from '@foresync/protocol/at-rest';
import type { ArchiveRecord } from '../../../domain/archive-port.js';
import { spaceId } from '../../../domain/ids.js';
import { decodeFed } from '../../codec/batch.js';
import { decodeChange } from '../../codec/change.js';
import { bytesToHash, decodeAs, whole } from '../../codec/fields.js';
import type { Grace } from '../blob-records.js';
import { findBlob, isOver as isGraceOver } from '../blob-records.js';
import type { Remembering } from '../eras.js';
import { isOver } from '../eras.js';
import { logs } from '../keys.js';
import { readBounds } from '../log-records.js';
import type { Entry, Reading } from '../records.js';
import { epochOf, getSpace } from '../space-records.js';
import { decodeOfUser } from './decode-user.js';
import { KeyReader } from './key-reader.js';

/** As of when, and how long things live. */
export type AsOf = Grace & Remembering;

/** What an entry of the database is in the terms of the archive; null for those that follow from others. Throws STORE_CORRUPT. */
export function decodeEntry([key, value]: Entry, records: Reading, asOf: AsOf): ArchiveRecord | null {
  const reader = new KeyReader(key);
  const letter = reader.letter();
  switch (letter) {
    case 'B':
      return decodeBlob(reader, records, asOf);
    case 'z':
      return decodeForgotten(reader, value, asOf);
    case 'u':
      return decodeOfUser(reader, value, records);
    case 's':
      return decodeSpace(records, reader.rest());
    default:
      return decodeInSpace(letter, reader, value, records);
  }
}

function decodeBlob(reader: KeyReader, records: Reading, asOf: AsOf): ArchiveRecord | null {
  const hash = bytesToHash('a blob', reader.restBytes());
  const blob = findBlob(records, hash);
  if (blob === null || isGraceOver(blob, asOf)) return null;
  const { sizeBytes, references, unreferencedMs } = blob;
  return { kind: 'blob', hash, sizeBytes, unreferencedMs: references > 0 ? null : unreferencedMs };
}

function decodeForgotten(reader: KeyReader, value: Uint8Array, asOf: AsOf): ArchiveRecord | null {
  const what = 'when a user was forgotten';
  const { era, isUnfinished } = decodeAs(what, StoredUser, value);
  const known = { era: whole(what, era), isUnfinished };
  if (isOver(known, asOf)) return null;
  return { kind: 'forgotten', mark: Buffer.from(reader.restBytes()).toString('hex'), ...known };
}

function decodeSpace(records: Reading, name: string): ArchiveRecord {
  const { space, shards, epoch } = getSpace(records, spaceId(name));
  return { kind: 'space', space, shards, epoch };
}

function decodeInSpace(
  letter: string,
  reader: KeyReader,
  value: Uint8Array,
  records: Reading,
): ArchiveRecord | null {
  const space = spaceId(reader.text());
  switch (letter) {
    case 'b': {
      const shard = reader.u8();
      const bounds = readBounds(records, logs.shard(space, shard));
      return { kind: 'shard', space, shard, epoch: epochOf(getSpace(records, space), shard), ...bounds };
    }
    case 'F': {
      const bounds = readBounds(records, logs.feed(space));
      return { kind: 'feed', space, ...bounds };
    }
    case 'h':
    case 't':
      return { kind: 'head', ...decodeChange(space, value) };
    case 'l':
      return { kind: 'change', ...decodeChange(space, value) };
    case 'f': {
      const { entries, forgotten } = decodeFed([[reader.u64(), value]]);
      const [entry] = entries;
      const [mark] = forgotten;
      if (entry !== undefined) return { kind: 'fed', ...entry };
      return mark === undefined ? null : { kind: 'fed-mark', space, ...mark };
    }
    case 'p': {
      const { offset, snapshot } = decodeAs('a snapshot', StoredSnapshot, value);
      const bytes = new Uint8Array(snapshot);
      return { kind: 'snapshot', space, name: reader.rest(), offset: whole('a snapshot', offset), bytes };
    }
    default:
      return null;
  }
}
