/** Protobuf's numbers, texts and bytes, written straight into a buffer. Each `put` answers where the next byte goes. */

const SEVEN_BITS = 128;
/** Up to here bit operations work; above, divisions do. */
const SMALL = 0x7fff_ffff;

/** Of a whole number from 0 to 2^53 - 1. */
export function varintSize(value: number): number {
  let size = 1;
  for (let rest = value; rest >= SEVEN_BITS; rest = Math.floor(rest / SEVEN_BITS)) size++;
  return size;
}

export function putVarint(into: Buffer, at: number, value: number): number {
  let next = at;
  let rest = value;
  for (; rest > SMALL; rest = Math.floor(rest / SEVEN_BITS)) into[next++] = (rest % SEVEN_BITS) | 0x80;
  for (; rest >= SEVEN_BITS; rest >>>= 7) into[next++] = (rest & 0x7f) | 0x80;
  into[next++] = rest;
  return next;
}

/** Of a field whose tag takes one byte: 0 for the default, which is not written. */
export const numberFieldSize = (value: number): number => (value === 0 ? 0 : 1 + varintSize(value));

export function putNumberField(into: Buffer, at: number, tag: number, value: number): number {
  if (value === 0) return at;
  into[at] = tag;
  return putVarint(into, at + 1, value);
}

/** Of a field that carries so many bytes, with its tag and length. */
export const lengthFieldSize = (size: number): number => 1 + varintSize(size) + size;

export function putLength(into: Buffer, at: number, tag: number, size: number): number {
  into[at] = tag;
  return putVarint(into, at + 1, size);
}

export function putBytesField(into: Buffer, at: number, tag: number, bytes: Uint8Array): number {
  if (bytes.length === 0) return at;
  const start = putLength(into, at, tag, bytes.length);
  into.set(bytes, start);
  return start + bytes.length;
}

export function putFloatField(into: Buffer, at: number, tag: number, value: number): number {
  if (value === 0) return at;
  into[at] = tag;
  return into.writeFloatLE(value, at + 1);
}

/** Above it, crossing into native code pays. */
const SHORT = 64;

/** Bytes of a text in UTF-8. */
export function textSize(text: string): number {
  if (text.length > SHORT) return Buffer.byteLength(text, 'utf8');
  for (let index = 0; index < text.length; index++) {
    if (text.charCodeAt(index) > 0x7f) return Buffer.byteLength(text, 'utf8');
  }
  return text.length;
}

/** Writes a text of `size` bytes; an empty one is the default, which is not written. */
export function putTextField(into: Buffer, at: number, tag: number, text: string, size: number): number {
  if (size === 0) return at;
  const start = putLength(into, at, tag, size);
  if (size !== text.length || size > SHORT) return start + into.write(text, start, size, 'utf8');
  for (let index = 0; index < size; index++) into[start + index] = text.charCodeAt(index);
  return start + size;
}
