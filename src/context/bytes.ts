import { ForesyncError } from '../domain/errors.js';

/** Appends numbers and texts to a growing array of bytes. */
export class ByteWriter {
  #bytes = new Uint8Array(1024);
  #view = new DataView(this.#bytes.buffer);
  #length = 0;

  /** A whole number from 0 to 2^53 − 1, in 1 to 8 bytes. */
  uint(value: number): void {
    this.#reserve(8);
    let rest = value;
    while (rest >= 0x80) {
      this.#bytes[this.#length++] = (rest % 0x80) | 0x80;
      rest = Math.floor(rest / 0x80);
    }
    this.#bytes[this.#length++] = rest;
  }

  float64(value: number): void {
    this.#reserve(8);
    this.#view.setFloat64(this.#length, value);
    this.#length += 8;
  }

  text(value: string): void {
    this.#reserve(8 + value.length);
    const start = this.#length;
    this.uint(value.length);
    for (let index = 0; index < value.length; index++) {
      const code = value.charCodeAt(index);
      if (code >= 0x80) {
        this.#length = start;
        this.#otherText(value);
        return;
      }
      this.#bytes[this.#length++] = code;
    }
  }

  bytes(value: Uint8Array): void {
    this.#reserve(value.length);
    this.#bytes.set(value, this.#length);
    this.#length += value.length;
  }

  #otherText(value: string): void {
    const bytes = encoder.encode(value);
    this.uint(bytes.length);
    this.bytes(bytes);
  }

  finish(): Uint8Array {
    return this.#bytes.slice(0, this.#length);
  }

  #reserve(room: number): void {
    if (this.#length + room <= this.#bytes.length) return;
    const larger = new Uint8Array(Math.max(this.#bytes.length * 2, this.#length + room));
    larger.set(this.#bytes);
    this.#bytes = larger;
    this.#view = new DataView(larger.buffer);
  }
}

/** Reads what a ByteWriter wrote. Throws STORE_CORRUPT where that cannot be. */
export class ByteReader {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  #offset = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  uint(): number {
    let value = 0;
    for (let factor = 1; factor < 2 ** 56; factor *= 0x80) {
      const byte = this.#bytes[this.#take(1)] ?? 0;
      value += (byte & 0x7f) * factor;
      if (byte < 0x80) {
        if (value > Number.MAX_SAFE_INTEGER) break;
        return value;
      }
    }
    throw corrupt(`a number at byte ${this.#offset} is too large`);
  }

  /** A number of things that follow, each of at least one byte. */
  count(): number {
    const count = this.uint();
    if (count > this.#bytes.length - this.#offset) throw corrupt(`${count} entries do not fit the rest`);
    return count;
  }

  float64(): number {
    return this.#view.getFloat64(this.#take(8));
  }

  text(): string {
    const length = this.uint();
    const start = this.#take(length);
    try {
      return decoder.decode(this.#bytes.subarray(start, start + length));
    } catch (cause) {
      throw corrupt(`a text at byte ${start} is no UTF-8`, cause);
    }
  }

  /** Everything must have been read. */
  end(): void {
    if (this.#offset !== this.#bytes.length)
      throw corrupt(`${this.#bytes.length - this.#offset} bytes are left over`);
  }

  #take(length: number): number {
    const start = this.#offset;
    if (length > this.#bytes.length - start) throw corrupt(`it ends at byte ${this.#bytes.length}`);
    this.#offset = start + length;
    return start;
  }
}

export function corrupt(message: string, cause?: unknown): ForesyncError {
  return new ForesyncError('STORE_CORRUPT', `user context: ${message}`, { cause });
}

const encoder = new TextEncoder();
const decoder = new TextDecoder('utf-8', { fatal: true });
