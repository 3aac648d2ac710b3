import { StoredAlias, StoredItem } from '@foresync/protocol/at-rest';
import type { ArchiveRecord } from '../../../domain/archive-port.js';
import type { Pseudonym } from '../../../domain/ids.js';
import { deviceId, itemId, pseudonym, spaceId } from '../../../domain/ids.js';
import { decodeBatch } from '../../codec/batch.js';
import { decodeAs, whole } from '../../codec/fields.js';
import { decodeContext, decodeHeld, decodeRecurrent } from '../../codec/user.js';
import { corrupt } from '../../failures.js';
import { readCheckpoint } from '../checkpoint-records.js';
import { keys, logs } from '../keys.js';
import { decodeCounter, readBounds } from '../log-records.js';
import { decodeHolder } from '../manifest-records.js';
import type { Reading } from '../records.js';
import type { KeyReader } from './key-reader.js';

/** What an entry under a user's keys is; null for those that follow from others. Throws STORE_CORRUPT. */
export function decodeOfUser(reader: KeyReader, value: Uint8Array, records: Reading): ArchiveRecord | null {
  const user = pseudonym(reader.text());
  const letter = reader.letter();
  switch (letter) {
    case 'p': {
      const { alias, era } = decodeAs('an alias', StoredAlias, value);
      return { kind: 'alias', user, alias: pseudonym(alias), era: whole('an alias', era) };
    }
    case 'q':
      return { kind: 'sequence', user, device: deviceId(reader.rest()), sequence: decodeCounter(value) };
    case 'x':
      return { kind: 'context', user, space: spaceId(reader.rest()), ...decodeContext(value) };
    case 'r':
      return { kind: 'recurrent', user, space: spaceId(reader.rest()), ...decodeRecurrent(value) };
    case 'A':
      return { kind: 'activity-log', user, ...readBounds(records, logs.activity(user)) };
    case 'a': {
      const { offset, device, batch } = decodeBatch(reader.u64(), value);
      return { kind: 'activity', user, offset, device, batch };
    }
    case 'o':
      return decodeSaved(user, reader, value, records);
    case 'm':
      return decodeManifest(user, reader, value, records);
    default:
      return null;
  }
}

/** Checkpoints are found by their order. */
function decodeSaved(user: Pseudonym, reader: KeyReader, value: Uint8Array, records: Reading): ArchiveRecord {
  const space = spaceId(reader.text());
  const range = { start: keys.saved(user, space, 0), end: keys.saved(user, space, reader.u64() + 1) };
  const item = itemId(decodeAs('an item', StoredItem, value).item);
  const found = readCheckpoint(records, user, space, item);
  if (found === null) throw corrupt('the order of checkpoints');
  const { checkpoint } = found;
  return { kind: 'checkpoint', user, space, place: records.count(range), checkpoint };
}

function decodeManifest(
  user: Pseudonym,
  reader: KeyReader,
  value: Uint8Array,
  records: Reading,
): ArchiveRecord {
  const holder = records.get(keys.manifest(user, reader.bytes(HOLDER_BYTES)));
  if (holder === null) throw corrupt('a holder');
  return { kind: 'held', user, ...decodeHolder(holder), ...decodeHeld(value) };
}

const HOLDER_BYTES = 32;
