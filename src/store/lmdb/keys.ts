import { createHash } from 'node:crypto';
import type { DataHash, DeviceId, ItemId, Pseudonym, SpaceId } from '../../domain/ids.js';

/**
 * Where everything is. A key is a letter, then its parts; every text but the last has its length in front, so that no id
 * can reach into the next part or be the prefix of another key's. The longest has 1,545 bytes (LMDB allows 1,978).
 *
 *   y                          somebody was forgotten since the file was made
 *   v                          layout            n                        numbers of blobs
 *   w                          how far a copy is that is being made here
 *   s space                    space             p space name             snapshot
 *   h space item               live head         t space item             deleted head
 *   b space shard              bounds of a log   l space shard offset     its entries
 *   F space                    bounds of feed    f space offset           its entries
 *   E space                    bounds of lessons e space offset           its entries
 *   B hash                     blob              G time hash              blobs without reference
 *   K number index             chunk of a blob   S number                 blobs being written
 *   u user …                   everything about a user, one range of keys:
 *     q device                   sequence          x space                  context
 *     A                          bounds of log     a offset                 activity log
 *     C space                    checkpoints, n    c space item             checkpoint
 *     o space place              their order       M holder, m holder item  manifest
 *     r space                    recurrent state   p                        alias
 *   z mark                     user forgotten    Z time mark              in the order of their forgetting
 */
export const keys = {
  layout: (): Uint8Array => join(letter('v')),
  residue: (): Uint8Array => join(letter('y')),
  copying: (): Uint8Array => join(letter('w')),
  blobNumbers: (): Uint8Array => join(letter('n')),
  space: (space: SpaceId): Uint8Array => join(letter('s'), utf8(space)),
  snapshot: (space: SpaceId, name: string): Uint8Array => join(letter('p'), text(space), utf8(name)),
  /** Any prefix of an item will do for a range. */
  live: (space: SpaceId, item: string): Uint8Array => join(letter('h'), text(space), utf8(item)),
  deleted: (space: SpaceId, item: ItemId): Uint8Array => join(letter('t'), text(space), utf8(item)),
  blob: (hash: DataHash): Uint8Array => join(letter('B'), hashBytes(hash)),
  garbage: (sinceMs: number, hash: DataHash): Uint8Array => join(letter('G'), u64(sinceMs), hashBytes(hash)),
  /** Before all garbage of this time. */
  garbageFrom: (sinceMs: number): Uint8Array => join(letter('G'), u64(sinceMs)),
  chunk: (blob: number, index: number): Uint8Array => join(letter('K'), u64(blob), u32(index)),
  staged: (blob: number): Uint8Array => join(letter('S'), u64(blob)),
  allStaged: (): { start: Uint8Array; end: Uint8Array } => ({ start: letter('S'), end: endOf(letter('S')) }),
  sequence: (user: Pseudonym, device: DeviceId): Uint8Array => join(of(user), letter('q'), utf8(device)),
  context: (user: Pseudonym, space: SpaceId): Uint8Array => join(of(user), letter('x'), utf8(space)),
  recurrent: (user: Pseudonym, space: SpaceId): Uint8Array => join(of(user), letter('r'), utf8(space)),
  checkpoints: (user: Pseudonym, space: SpaceId): Uint8Array => join(of(user), letter('C'), utf8(space)),
  checkpoint: (user: Pseudonym, space: SpaceId, item: ItemId): Uint8Array =>
    join(of(user), letter('c'), text(space), utf8(item)),
  saved: (user: Pseudonym, space: SpaceId, place: number): Uint8Array =>
    join(of(user), letter('o'), text(space), u64(place)),
  /** After all places. */
  savedEnd: (user: Pseudonym, space: SpaceId): Uint8Array => endOf(join(of(user), letter('o'), text(space))),
  manifest: (user: Pseudonym, holder: Uint8Array): Uint8Array => join(of(user), letter('M'), holder),
  held: (user: Pseudonym, holder: Uint8Array, item: string): Uint8Array =>
    join(of(user), letter('m'), holder, utf8(item)),
  alias: (user: Pseudonym): Uint8Array => join(of(user), letter('p')),
  forgotten: (mark: string): Uint8Array => join(letter('z'), Buffer.from(mark, 'hex')),
  forgottenAt: (timeMs: number, mark: string): Uint8Array =>
    join(letter('Z'), u64(timeMs), Buffer.from(mark, 'hex')),
  /** Before all who were forgotten at this time. */
  forgottenFrom: (timeMs: number): Uint8Array => join(letter('Z'), u64(timeMs)),
};

/** Kinds of keys of a user, each a letter. */
export type UserKeyKind = 'q' | 'x' | 'a' | 'o' | 'm' | 'M' | 'r';

/** All keys of a user, or of one kind of them. */
export function userKeys(user: Pseudonym, kind: UserKeyKind | '' = ''): KeyPrefix {
  const start = join(of(user), letter(kind));
  return { start, end: endOf(start) };
}

/** A range of keys that begin in the same way. */
export interface KeyPrefix {
  readonly start: Uint8Array;
  readonly end: Uint8Array;
}

/** The letter of a user's key. */
export function kindOf(user: Pseudonym, key: Uint8Array): string {
  return String.fromCharCode(key[of(user).length] ?? 0);
}

/** The text at the end of a key, after this prefix. */
export function textAfter(prefix: Uint8Array, key: Uint8Array): string {
  return Buffer.from(key.subarray(prefix.length)).toString('utf8');
}

/** The number at the end of a key. */
export function offsetOf(key: Uint8Array): number {
  return Number(Buffer.from(key).readBigUInt64BE(key.length - 8));
}

/** The mark at the end of a `forgottenAt` key. */
export function markOf(key: Uint8Array): string {
  return Buffer.from(key.subarray(1 + 8)).toString('hex');
}

/** The space of a `saved` key. */
export function spaceOfSaved(user: Pseudonym, key: Uint8Array): string {
  const rest = key.subarray(of(user).length + 1);
  return Buffer.from(rest.subarray(2, rest.length - 8)).toString('utf8');
}

/** Keys of a bounded log. */
export interface LogKeys {
  readonly bounds: Uint8Array;
  readonly entry: (offset: number) => Uint8Array;
}

export const logs = {
  shard: (space: SpaceId, shard: number): LogKeys =>
    logKeys(join(letter('b'), text(space), u8(shard)), join(letter('l'), text(space), u8(shard))),
  feed: (space: SpaceId): LogKeys => logKeys(join(letter('F'), text(space)), join(letter('f'), text(space))),
  lessons: (space: SpaceId): LogKeys =>
    logKeys(join(letter('E'), text(space)), join(letter('e'), text(space))),
  activity: (user: Pseudonym): LogKeys => logKeys(join(of(user), letter('A')), join(of(user), letter('a'))),
};

/** A device in a space, in 32 bytes: four ids of 512 bytes would not fit into one key. */
export function holderOf(device: DeviceId, space: SpaceId): Uint8Array {
  return createHash('sha256')
    .update(join(text(device), utf8(space)))
    .digest();
}

/** The first key after all that start with `prefix`. */
export function endOf(prefix: Uint8Array): Uint8Array {
  const end = Buffer.from(prefix);
  for (let index = end.length - 1; index >= 0; index--) {
    const byte = end[index];
    if (byte === undefined || byte === 0xff) continue;
    end[index] = byte + 1;
    return end.subarray(0, index + 1);
  }
  return end;
}

/** The first key after this one. */
export function following(key: Uint8Array): Uint8Array {
  return join(key, u8(0));
}

/** The hash at the end of a `garbage` key. */
export function garbageHash(key: Uint8Array): Uint8Array {
  return key.subarray(1 + 8);
}

/** The number in a `staged` key. */
export function stagedNumber(key: Uint8Array): number {
  return Number(new DataView(key.buffer, key.byteOffset).getBigUint64(1));
}

function logKeys(bounds: Uint8Array, prefix: Uint8Array): LogKeys {
  return { bounds, entry: (offset) => join(prefix, u64(offset)) };
}

const of = (user: Pseudonym): Uint8Array => join(letter('u'), text(user));
const join = (...parts: readonly Uint8Array[]): Uint8Array => Buffer.concat(parts);
const letter = (char: string): Uint8Array => Buffer.from(char, 'latin1');
const utf8 = (value: string): Uint8Array => Buffer.from(value, 'utf8');
const hashBytes = (hash: DataHash): Uint8Array => Buffer.from(hash, 'hex');

function text(value: string): Uint8Array {
  const bytes = Buffer.from(value, 'utf8');
  return join(Uint8Array.of(bytes.length >> 8, bytes.length & 0xff), bytes);
}

function u8(value: number): Uint8Array {
  return Uint8Array.of(value);
}

function u32(value: number): Uint8Array {
  const bytes = Buffer.allocUnsafe(4);
  bytes.writeUInt32BE(value);
  return bytes;
}

function u64(value: number): Uint8Array {
  const bytes = Buffer.allocUnsafe(8);
  bytes.writeBigUInt64BE(BigInt(value));
  return bytes;
}
