import { crc32 } from 'node:zlib';
import { corrupt } from '../failures.js';

/**
 * LMDB does not check its pages. So each value ends with the CRC-32 of its key and itself: a bit that flipped on the disk
 * is found when it is read, and never shown.
 */
const SEAL_BYTES = 4;

export function seal(key: Uint8Array, value: Uint8Array): Uint8Array {
  const sealed = Buffer.allocUnsafe(value.length + SEAL_BYTES);
  sealed.set(value);
  sealed.writeUInt32LE(checksum(key, value), value.length);
  return sealed;
}

/** The value without its seal, as a view. Throws STORE_CORRUPT. */
export function unseal(key: Uint8Array, sealed: Uint8Array): Uint8Array {
  const length = sealed.length - SEAL_BYTES;
  if (length < 0) throw corrupt('a value');
  const value = new Uint8Array(sealed.buffer, sealed.byteOffset, length);
  const found = new DataView(sealed.buffer, sealed.byteOffset + length).getUint32(0, true);
  if (found !== checksum(key, value)) throw corrupt('a value');
  return value;
}

function checksum(key: Uint8Array, value: Uint8Array): number {
  return crc32(value, crc32(key));
}
