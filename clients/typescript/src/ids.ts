import { PROTOCOL_LIMITS } from '@foresync/protocol/limits';
import { fieldInvalid } from './errors.js';

/** An id of a space or an item: non-empty, well-formed text of at most 512 bytes. Throws FIELD_INVALID. */
export function checkedId(field: string, value: string): string {
  const limit = PROTOCOL_LIMITS.idBytes;
  if (typeof value !== 'string' || value === '') throw fieldInvalid(field, 'is empty');
  if (value.length > limit || utf8Length(value) > limit) {
    throw fieldInvalid(field, `is longer than ${limit} bytes`, limit);
  }
  if (NOT_TEXT.test(value)) throw fieldInvalid(field, 'has a lone surrogate or U+FFFD');
  return value;
}

/** Names an item of a space in one string; no two pairs share a name, whatever is in them. */
export function itemKey(space: string, item: string): string {
  return `${space.length}:${space}${item}`;
}

/** Bytes of a text in UTF-8. */
export function utf8Length(text: string): number {
  return encoder.encode(text).length;
}

const NOT_TEXT = /[\uFFFD\p{Surrogate}]/u;
const encoder = new TextEncoder();
