import { StoredItem } from '@foresync/protocol/at-rest';
import { lastOffset } from '../../domain/feed.js';
import { deviceId, itemId, type Pseudonym, type SpaceId, spaceId } from '../../domain/ids.js';
import type { UserRecord } from '../../domain/user-record.js';
import { decodeBatch } from '../codec/batch.js';
import { decodeAs } from '../codec/fields.js';
import { decodeContext, decodeHeld, decodeRecurrent } from '../codec/user.js';
import { readFed } from './batch-records.js';
import { readCheckpoint } from './checkpoint-records.js';
import type { Environment } from './environment.js';
import type { KeyPrefix } from './keys.js';
import { endOf, following, offsetOf, spaceOfSaved, textAfter, type UserKeyKind, userKeys } from './keys.js';
import { decodeCounter } from './log-records.js';
import { decodeHolder, held } from './manifest-records.js';
import type { Entry, Reading } from './records.js';

/** Entries of one read. */
const PAGE = 256;

/** All that a directory keeps of a user, a page at a time. */
export async function* userRecords(environment: Environment, user: Pseudonym): AsyncGenerator<UserRecord> {
  const each = <T>(kind: UserKeyKind, read: ReadEntry<T>): AsyncGenerator<T> =>
    eachOf(environment, userKeys(user, kind), read);
  const nameOf = (kind: UserKeyKind, key: Uint8Array): string => textAfter(userKeys(user, kind).start, key);
  yield* each('q', ([key, value]) => ({
    kind: 'sequence',
    device: deviceId(nameOf('q', key)),
    sequence: decodeCounter(value),
  }));
  const spaces: SpaceId[] = [];
  for await (const record of each('x', ([key, value]) => ({
    kind: 'context' as const,
    space: spaceId(nameOf('x', key)),
    ...decodeContext(value),
  }))) {
    spaces.push(record.space);
    yield record;
  }
  yield* each('r', ([key, value]) => ({
    kind: 'recurrent',
    space: spaceId(nameOf('r', key)),
    ...decodeRecurrent(value),
  }));
  yield* each('a', ([key, value]) => {
    const { offset, device, batch } = decodeBatch(offsetOf(key), value);
    return { kind: 'activity', offset, device, batch };
  });
  yield* each('o', ([key, value], records) => {
    const space = spaceId(spaceOfSaved(user, key));
    const item = itemId(decodeAs('an item', StoredItem, value).item);
    const found = readCheckpoint(records, user, space, item);
    return found === null ? null : { kind: 'checkpoint', space, checkpoint: found.checkpoint };
  });
  for await (const holder of each('M', ([, value]) => decodeHolder(value))) {
    const start = held({ user, ...holder }, '');
    yield* eachOf(environment, { start, end: endOf(start) }, ([, value]) => ({
      kind: 'held',
      ...holder,
      ...decodeHeld(value),
    }));
  }
  for (const space of spaces) yield* fed(environment, user, space);
}

async function* fed(environment: Environment, user: Pseudonym, space: SpaceId): AsyncGenerator<UserRecord> {
  for (let after: number | null = 0; after !== null; ) {
    const from: number = after;
    const page = await environment.read((records) => readFed(records, space, from, PAGE));
    for (const { user: whose, offset, device, batch } of page.entries)
      if (whose === user) yield { kind: 'fed', offset, device, batch };
    after = lastOffset(page);
  }
}

/** What an entry is, read in the same state as it; null = nothing. */
type ReadEntry<T> = (entry: Entry, records: Reading) => T | null;

async function* eachOf<T>(environment: Environment, range: KeyPrefix, read: ReadEntry<T>): AsyncGenerator<T> {
  for (let { start } = range; ; ) {
    const page = await environment.read((records) =>
      records
        .range({ start, end: range.end, limit: PAGE })
        .map((entry) => ({ key: entry[0], found: read(entry, records) })),
    );
    for (const { found } of page) if (found !== null) yield found;
    const last = page.at(-1);
    if (last === undefined) return;
    start = following(last.key);
  }
}
