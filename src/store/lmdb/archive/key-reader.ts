/** Reads a key from its start, part by part, in the terms of keys.ts. */
export class KeyReader {
  readonly #key: Buffer;
  #at = 0;

  constructor(key: Uint8Array) {
    this.#key = Buffer.from(key.buffer, key.byteOffset, key.length);
  }

  letter(): string {
    return String.fromCharCode(this.#key[this.#at++] ?? 0);
  }

  /** A text with its length in front. */
  text(): string {
    const length = this.#key.readUInt16BE(this.#at);
    this.#at += 2 + length;
    return this.#key.toString('utf8', this.#at - length, this.#at);
  }

  u8(): number {
    return this.#key[this.#at++] ?? 0;
  }

  u64(): number {
    this.#at += 8;
    return Number(this.#key.readBigUInt64BE(this.#at - 8));
  }

  bytes(length: number): Uint8Array {
    this.#at += length;
    return this.#key.subarray(this.#at - length, this.#at);
  }

  /** The text at the end. */
  rest(): string {
    return this.#key.toString('utf8', this.#at);
  }

  /** The bytes at the end. */
  restBytes(): Uint8Array {
    return this.#key.subarray(this.#at);
  }
}
