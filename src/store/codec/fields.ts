import type { DataHash } from '../../domain/ids.js';
import { dataHash } from '../../domain/ids.js';
import { corrupt } from '../failures.js';

/** What every codec of values is made of. */
export interface Decoder<T> {
  decode(bytes: Uint8Array): T;
}

/** A stored message. Throws STORE_CORRUPT, naming its kind. */
export function decodeAs<T>(what: string, decoder: Decoder<T>, bytes: Uint8Array): T {
  try {
    return decoder.decode(bytes);
  } catch (cause) {
    throw corrupt(what, cause);
  }
}

/** Counters, sizes and times are far below 2^53. */
export function whole(what: string, value: bigint): number {
  const number = Number(value);
  if (!Number.isSafeInteger(number)) throw corrupt(what);
  return number;
}

/** 32 bytes; none for null. */
export function hashToBytes(hash: DataHash | null): Uint8Array {
  return hash === null ? new Uint8Array() : Buffer.from(hash, 'hex');
}

export function bytesToHash(what: string, bytes: Uint8Array): DataHash {
  if (bytes.length !== HASH_BYTES) throw corrupt(what);
  return dataHash(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('hex'));
}

export function bytesToHashOrNull(what: string, bytes: Uint8Array): DataHash | null {
  return bytes.length === 0 ? null : bytesToHash(what, bytes);
}

const HASH_BYTES = 32;
