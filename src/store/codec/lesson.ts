import type { Lesson } from '../../domain/lesson-log.js';
import { corrupt } from '../failures.js';

const TELLER_BYTES = 16;

/** Who told it, then what; its offset is in its key. */
export function encodeLesson({ teller, bytes }: Omit<Lesson, 'offset'>): Uint8Array {
  return Buffer.concat([Buffer.from(teller, 'hex'), bytes]);
}

/** Throws STORE_CORRUPT. */
export function decodeLesson(offset: number, stored: Uint8Array): Lesson {
  if (stored.length <= TELLER_BYTES) throw corrupt('a lesson');
  const teller = Buffer.from(stored.subarray(0, TELLER_BYTES)).toString('hex');
  return { offset, teller, bytes: new Uint8Array(stored.subarray(TELLER_BYTES)) };
}
