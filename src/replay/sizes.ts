import { createHash } from 'node:crypto';
import type { ItemId } from '../domain/ids.js';

/** A content is at least one byte, and at most what a server takes by default and a device can hold. */
export const CONTENT_BYTES = { min: 1, max: 64 * 1024 * 1024 } as const;

/** A size from a trace, brought into `CONTENT_BYTES`. */
export function contentSize(bytes: number): number {
  return Math.min(CONTENT_BYTES.max, Math.max(CONTENT_BYTES.min, Math.round(bytes)));
}

/**
 * Size of an item whose trace tells none: 16384·exp(1.2·z), in bytes. z is a standard normal drawn from the id, the
 * same on every machine for ever: the first and the second 6 bytes (big-endian) of SHA-256(UTF-8 id) make two
 * uniforms u = (n + ½)/2⁴⁸, and z = √(−2·ln u₁)·cos(2π·u₂) (Box and Muller).
 */
export function defaultSize(item: ItemId): number {
  const hash = createHash('sha256').update(item, 'utf8').digest();
  const first = (hash.readUIntBE(0, 6) + 0.5) / 2 ** 48;
  const second = (hash.readUIntBE(6, 6) + 0.5) / 2 ** 48;
  const z = Math.sqrt(-2 * Math.log(first)) * Math.cos(2 * Math.PI * second);
  return contentSize(16384 * Math.exp(1.2 * z));
}
