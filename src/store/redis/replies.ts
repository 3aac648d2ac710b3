import { corrupt } from '../failures.js';

/** Answers of scripts, as what they should be. All throw STORE_CORRUPT where they are something else. */
export function listOf(reply: unknown): readonly unknown[] {
  if (Array.isArray(reply)) return reply;
  throw corrupt('an answer of Redis');
}

export function bytesOf(value: unknown): Uint8Array {
  if (Buffer.isBuffer(value)) return value;
  throw corrupt('an answer of Redis');
}

export function bytesOrNull(value: unknown): Uint8Array | null {
  return value === null ? null : bytesOf(value);
}

export function textOf(value: unknown): string {
  return Buffer.isBuffer(value) ? value.toString('utf8') : String(value);
}

/** A number that Redis counts, or that a script wrote in decimal digits; 0 for nothing. */
export function wholeOf(value: unknown): number {
  const number = value === null ? 0 : Number(textOf(value));
  if (!Number.isSafeInteger(number)) throw corrupt('an answer of Redis');
  return number;
}

/** Entries of a stream: the offset and the first value of each. */
export function entriesOf(value: unknown): readonly (readonly [offset: number, bytes: Uint8Array])[] {
  return listOf(value).map((entry) => {
    const [id, fields] = listOf(entry);
    return [wholeOf(textOf(id).split('-')[0]), bytesOf(listOf(fields)[1])];
  });
}
