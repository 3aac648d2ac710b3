import { createHash } from 'node:crypto';
import type { ArchivedChange } from '../../domain/archive-port.js';
import type { SpaceId } from '../../domain/ids.js';
import type { Change } from '../../domain/item.js';
import type { ChangeRequest } from '../../domain/store-port.js';
import { decodeChange, encodeChange } from '../codec/change.js';
import { bytesToHash, hashToBytes } from '../codec/fields.js';
import { corrupt } from '../failures.js';
import { changeOf } from '../rules.js';
import { CHANGE_HEAD_BYTES } from './lua/shard.js';

const WHAT = 'a change';
const LIVE = 'L'.charCodeAt(0);

/** What a script keeps of a write; version, hash and what it replaces are put in front of it there. */
export function encodeBody(request: ChangeRequest, shard: number): Uint8Array {
  const change = changeOf(request, null, { epoch: '', shard, version: 0 });
  return encodeChange({ ...change, head: { ...change.head, dataHash: null } });
}

/** 16 bytes that tell sizes and edges apart. */
export function digestOf({
  dataHash,
  sizeBytes,
  edges,
}: Pick<ChangeRequest, 'dataHash' | 'sizeBytes' | 'edges'>): Uint8Array {
  const body = dataHash === null ? [] : [sizeBytes, edges.map(({ item, kind }) => [item, kind])];
  return createHash('sha256').update(JSON.stringify(body)).digest().subarray(0, 16);
}

/** A change as scripts keep it. Throws STORE_CORRUPT. */
export function decodeStored(space: SpaceId, epoch: string, bytes: Uint8Array): Change {
  return { ...decodeKept(space, bytes), epoch };
}

/** As `decodeStored`, without the epoch of its shard. */
export function decodeKept(space: SpaceId, bytes: Uint8Array): ArchivedChange {
  if (bytes.length < CHANGE_HEAD_BYTES) throw corrupt(WHAT);
  const change = decodeChange(space, bytes.subarray(CHANGE_HEAD_BYTES));
  const version = Number(Buffer.from(bytes.subarray(0, 16)).toString('latin1'));
  if (!Number.isSafeInteger(version)) throw corrupt(WHAT);
  const hashAt = (place: number): Change['previousHash'] =>
    bytes[place] === LIVE ? bytesToHash(WHAT, bytes.subarray(place + 1, place + 33)) : null;
  return { ...change, head: { ...change.head, version, dataHash: hashAt(16) }, previousHash: hashAt(81) };
}

/** A change as scripts keep it, with a claim that is the same whenever it is made. */
export function encodeStored(change: ArchivedChange): {
  readonly bytes: Uint8Array;
  readonly claim: Uint8Array;
} {
  const { space, head, previousHash } = change;
  const { shard, version, item, dataHash } = head;
  const claim = createHash('sha256')
    .update(JSON.stringify([space, shard, version, item]))
    .digest()
    .subarray(0, 16);
  const named = (hash: Change['previousHash']): Uint8Array[] =>
    hash === null ? [Buffer.from('D'), new Uint8Array(32)] : [Buffer.from('L'), hashToBytes(hash)];
  const parts = [
    Buffer.from(`${version}`.padStart(16, '0')),
    ...named(dataHash),
    digestOf(head),
    claim,
    ...named(previousHash),
    encodeChange({ ...change, head: { ...head, version: 0, dataHash: null }, previousHash: null }),
  ];
  return { bytes: Buffer.concat(parts), claim };
}

/** The claim that a stored change has on its content. */
export function claimOf(bytes: Uint8Array): Uint8Array {
  return bytes.subarray(65, 81);
}
