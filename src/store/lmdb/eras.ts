import { StoredAlias, StoredUser } from '@foresync/protocol/at-rest';
import { type Pseudonym, pseudonym } from '../../domain/ids.js';
import { decodeAs, whole } from '../codec/fields.js';
import { forgottenFailure } from '../failures.js';
import { forgottenMark } from '../../util/forgotten-mark.js';
import { keys, markOf } from './keys.js';
import type { Reading, Writing } from './records.js';

/** Marks that are dropped at once when their time is over. */
const SWEPT = 64;

/** How far a user has been forgotten. */
export interface Era {
  readonly era: number;
  /** What is to be removed may be there yet. */
  readonly isUnfinished: boolean;
}

/** Time, and how long it is remembered who was forgotten. */
export interface Remembering {
  readonly nowMs: number;
  readonly forgottenMs: number;
}

export function readEra(records: Reading, user: Pseudonym, remembering: Remembering): Era {
  const bytes = records.get(keys.forgotten(forgottenMark(user)));
  const { era, isUnfinished } = bytes === null ? NEVER : decodeAs(WHAT, StoredUser, bytes);
  const marked = { era: whole(WHAT, BigInt(era)), isUnfinished };
  if (!isOver(marked, remembering)) return marked;
  const known = records.get(keys.alias(user));
  return {
    era: known === null ? 0 : whole(WHAT, decodeAs(WHAT, StoredAlias, known).era),
    isUnfinished: false,
  };
}

/** Throws FORGOTTEN for a writer of another era, and for everybody until the forgetting is finished. */
export function mustBeIn(records: Reading, user: Pseudonym, era: number, remembering: Remembering): void {
  const now = readEra(records, user, remembering);
  if (now.era !== era || now.isUnfinished) throw forgottenFailure();
}

/** Begins or ends a forgetting; drops a few marks whose time is over. */
export function writeEra(records: Writing, user: Pseudonym, era: Era, remembering: Remembering): void {
  const mark = forgottenMark(user);
  const before = readEra(records, user, remembering);
  if (before.era !== era.era) records.remove(keys.forgottenAt(before.era, mark));
  const value = StoredUser.encode({ era: BigInt(era.era), isUnfinished: era.isUnfinished }).finish();
  records.put(keys.forgotten(mark), value);
  records.put(keys.forgottenAt(era.era, mark), new Uint8Array());
  records.put(keys.residue(), new Uint8Array());
  sweep(records, remembering);
}

/** What stands for the user in the change logs, made if there is none; keeps their era for when the mark is gone. */
export function aliasOf(
  records: Writing,
  user: Pseudonym,
  era: number,
  newAlias: () => Pseudonym,
): Pseudonym {
  const bytes = records.get(keys.alias(user));
  if (bytes !== null) return pseudonym(decodeAs('an alias', StoredAlias, bytes).alias);
  const alias = newAlias();
  records.put(keys.alias(user), StoredAlias.encode({ alias, era: BigInt(era) }).finish());
  return alias;
}

function sweep(records: Writing, { nowMs, forgottenMs }: Remembering): void {
  if (nowMs <= forgottenMs) return;
  const end = keys.forgottenFrom(nowMs - forgottenMs);
  for (const key of records.keys({ start: keys.forgottenFrom(0), end, limit: SWEPT })) {
    records.remove(keys.forgotten(markOf(key)));
    records.remove(key);
  }
}

/** Whether it is remembered no more; one that is not finished always is. */
export function isOver({ era, isUnfinished }: Era, { nowMs, forgottenMs }: Remembering): boolean {
  return !isUnfinished && era < nowMs - forgottenMs;
}

const WHAT = 'when a user was forgotten';
const NEVER: Era = { era: 0, isUnfinished: false };
