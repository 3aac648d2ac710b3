import { StoredBlob } from '@foresync/protocol/at-rest';
import { ForesyncError } from '../../domain/errors.js';
import type { DataHash } from '../../domain/ids.js';
import type { ChangeRequest } from '../../domain/store-port.js';
import { blobComplaint } from '../blob-complaint.js';
import { bytesToHash, decodeAs, whole } from '../codec/fields.js';
import { corrupt } from '../failures.js';
import { garbageHash, keys } from './keys.js';
import type { Reading, Writing } from './records.js';

/** Bytes of one stored chunk; only the last one of a blob is shorter. */
export const CHUNK_BYTES = 256 * 1024;

/** What one sweep removes at most: blobs, and (after the first) chunks. */
const SWEEP_BLOBS = 16;
const SWEEP_CHUNKS = 256;

export interface BlobRecord {
  readonly number: number;
  readonly sizeBytes: number;
  /** Heads that name it. */
  readonly references: number;
  /** Since when nothing refers to it, ms; only where `references` is 0. */
  readonly unreferencedMs: number;
}

/** When it is, and how long a blob without reference lives. */
export interface Grace {
  readonly nowMs: number;
  readonly graceMs: number;
}

/** A blob whose bytes are there, be its grace over or not. */
export function findBlob(records: Reading, hash: DataHash): BlobRecord | null {
  const bytes = records.get(keys.blob(hash));
  return bytes === null ? null : decode(bytes);
}

/** A blob as readers see it: none once its grace is over. */
export function visibleBlob(records: Reading, hash: DataHash, grace: Grace): BlobRecord | null {
  const blob = findBlob(records, hash);
  return blob !== null && !isOver(blob, grace) ? blob : null;
}

/** A head stops naming `previous` and names the content of the request instead. Throws FIELD_INVALID if that is not there. */
export function referBlob(
  records: Writing,
  { dataHash, sizeBytes }: ChangeRequest,
  previous: DataHash | null,
  grace: Grace,
): void {
  const next = dataHash === null ? null : visibleBlob(records, dataHash, grace);
  if (dataHash !== null) {
    const complaint = blobComplaint(next?.sizeBytes, sizeBytes);
    if (complaint !== undefined) throw complaint;
  }
  if (dataHash === previous) return;
  if (dataHash !== null && next !== null) countReference(records, dataHash, next, 1, grace.nowMs);
  if (previous === null) return;
  const blob = findBlob(records, previous);
  if (blob === null) throw corrupt(WHAT);
  countReference(records, previous, blob, -1, grace.nowMs);
}

/** Begins the grace of an unreferenced blob again. */
export function touchBlob(records: Writing, hash: DataHash, blob: BlobRecord, nowMs: number): void {
  if (blob.references === 0) replace(records, hash, blob, { ...blob, unreferencedMs: nowMs });
}

/** Makes a blob whose chunks are there visible. */
export function addBlob(
  records: Writing,
  hash: DataHash,
  blob: { readonly number: number; readonly sizeBytes: number },
  nowMs: number,
): void {
  replace(records, hash, null, { ...blob, references: 0, unreferencedMs: nowMs });
}

/** Removes an unreferenced blob and its bytes. */
export function removeBlob(records: Writing, hash: DataHash, { number, unreferencedMs }: BlobRecord): void {
  removeChunks(records, number);
  records.remove(keys.blob(hash));
  records.remove(keys.garbage(unreferencedMs, hash));
}

export function removeChunks(records: Writing, number: number): number {
  const chunks = records.keys({
    start: keys.chunk(number, 0),
    end: keys.chunk(number + 1, 0),
    limit: MAX_CHUNKS,
  });
  for (const chunk of chunks) records.remove(chunk);
  return chunks.length;
}

/** Removes a few of the blobs whose grace is over, the longest first. */
export function sweepBlobs(records: Writing, { nowMs, graceMs }: Grace): void {
  if (nowMs <= graceMs) return;
  const range = { start: keys.garbageFrom(0), end: keys.garbageFrom(nowMs - graceMs), limit: SWEEP_BLOBS };
  let chunks = 0;
  for (const key of records.keys(range)) {
    const blob = decodeIfWhole(records, key);
    if (blob !== null) chunks += removeChunks(records, blob.number);
    records.remove(keys.blob(bytesToHash(WHAT, garbageHash(key))));
    records.remove(key);
    if (chunks >= SWEEP_CHUNKS) return;
  }
}

/** One more head names a content, or one fewer. */
export function countReference(
  records: Writing,
  hash: DataHash,
  blob: BlobRecord,
  by: 1 | -1,
  nowMs: number,
): void {
  replace(records, hash, blob, { ...blob, references: blob.references + by, unreferencedMs: nowMs });
}

/** A blob without references is listed by time as well, with all that its removal needs. */
function replace(records: Writing, hash: DataHash, before: BlobRecord | null, after: BlobRecord): void {
  const value = encode(after);
  if (before?.references === 0) records.remove(keys.garbage(before.unreferencedMs, hash));
  if (after.references === 0) records.put(keys.garbage(after.unreferencedMs, hash), value);
  records.put(keys.blob(hash), value);
}

/** null where the value is damaged: what it listed is garbage all the same, and must not stop every write. */
function decodeIfWhole(records: Reading, key: Uint8Array): BlobRecord | null {
  try {
    const bytes = records.get(key);
    return bytes === null ? null : decode(bytes);
  } catch (thrown) {
    if (thrown instanceof ForesyncError && thrown.code === 'STORE_CORRUPT') return null;
    throw thrown;
  }
}

/** Whether readers see it no more. */
export function isOver({ references, unreferencedMs }: BlobRecord, { nowMs, graceMs }: Grace): boolean {
  return references === 0 && nowMs - unreferencedMs > graceMs;
}

function encode({ number, sizeBytes, references, unreferencedMs }: BlobRecord): Uint8Array {
  return StoredBlob.encode({
    number: BigInt(number),
    sizeBytes: BigInt(sizeBytes),
    references: BigInt(references),
    unreferencedMs: BigInt(references === 0 ? unreferencedMs : 0),
  }).finish();
}

function decode(bytes: Uint8Array): BlobRecord {
  const stored = decodeAs(WHAT, StoredBlob, bytes);
  return {
    number: whole(WHAT, stored.number),
    sizeBytes: whole(WHAT, stored.sizeBytes),
    references: whole(WHAT, stored.references),
    unreferencedMs: whole(WHAT, stored.unreferencedMs),
  };
}

const WHAT = 'a blob';
/** More than any blob has. */
const MAX_CHUNKS = 2 ** 31;
