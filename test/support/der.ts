/** Just enough of DER to write certificates. */

export const sequence = (...parts: readonly Buffer[]): Buffer => field(0x30, ...parts);
export const set = (...parts: readonly Buffer[]): Buffer => field(0x31, ...parts);
export const explicit = (number: number, ...parts: readonly Buffer[]): Buffer =>
  field(0xa0 + number, ...parts);
export const octets = (...parts: readonly Buffer[]): Buffer => field(0x04, ...parts);
export const bits = (bytes: Buffer): Buffer => field(0x03, Buffer.of(0), bytes);
export const integer = (value: number): Buffer => field(0x02, Buffer.of(value));
export const yes = (): Buffer => field(0x01, Buffer.of(0xff));
export const text = (value: string): Buffer => field(0x0c, Buffer.from(value));
export const time = (value: Date): Buffer =>
  field(0x18, Buffer.from(`${value.toISOString().replace(/[-:T]/g, '').slice(0, 14)}Z`));

/** An object identifier: `2.5.4.3`. */
export function oid(dotted: string): Buffer {
  const [first = 0, second = 0, ...rest] = dotted.split('.').map(Number);
  return field(0x06, Buffer.of(first * 40 + second, ...rest.flatMap(base128)));
}

export function field(tag: number, ...parts: readonly Buffer[]): Buffer {
  const content = Buffer.concat(parts);
  return Buffer.concat([Buffer.of(tag), length(content.length), content]);
}

function length(size: number): Buffer {
  if (size < 0x80) return Buffer.of(size);
  return size < 0x100 ? Buffer.of(0x81, size) : Buffer.of(0x82, size >> 8, size & 0xff);
}

function base128(value: number): number[] {
  const digits = [value & 0x7f];
  for (let rest = value >> 7; rest > 0; rest >>= 7) digits.unshift((rest & 0x7f) | 0x80);
  return digits;
}
