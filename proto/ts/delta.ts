/**
 * Deltas (ContentEncoding DELTA): how a content is made from another one that the receiver holds.
 *
 *     delta       = version base-length target-length instruction*
 *     version     = 0x01
 *     instruction = insert | copy
 *     insert      = varint(length × 2)     bytes[length]            the bytes themselves
 *     copy        = varint(length × 2 + 1) varint(offset in base)   base[offset, offset + length)
 *
 * Lengths of instructions are at least 1. A varint is as in Protobuf: seven bits a byte, least significant first, at
 * most 2^53 - 1. The instructions' lengths add up to target-length exactly, and the delta ends with the last one.
 */
import { ByteSink } from './byte-sink.js';
import { findCopies } from './delta-match.js';

const VERSION = 1;

/** A delta that cannot be applied: malformed, for another base, or larger than allowed. */
export class DeltaError extends Error {
  override readonly name = 'DeltaError';
}

/**
 * Encodes `target` against `base`; null if that takes more than `maxBytes`: unless told otherwise, if it is not smaller
 * than the target. Deterministic. Synchronous: a few ms a MiB where much is the same, up to about 70 ms a MiB where
 * nothing is, so an event loop should keep it to contents of a few MiB. Needs at most 2 MiB besides the result.
 */
export function encodeDelta(
  base: Uint8Array,
  target: Uint8Array,
  maxBytes: number = target.length - 1,
): Uint8Array | null {
  const sink = new ByteSink();
  sink.byte(VERSION);
  sink.varint(base.length);
  sink.varint(target.length);
  let written = 0;
  for (const copy of findCopies(base, target)) {
    insert(sink, target.subarray(written, copy.targetOffset));
    sink.varint(copy.length * 2 + 1);
    sink.varint(copy.baseOffset);
    written = copy.targetOffset + copy.length;
    if (sink.length > maxBytes) return null;
  }
  insert(sink, target.subarray(written));
  return sink.length > maxBytes ? null : sink.bytes();
}

/**
 * Makes the target from its base. Throws DeltaError for whatever is not a delta against a base of this length, and for
 * a target of more than `maxBytes` before anything is allocated for it. Whether it was the right base, only the hash
 * of the result tells.
 */
export function decodeDelta(base: Uint8Array, delta: Uint8Array, maxBytes: number): Uint8Array {
  const reader = new Reader(delta);
  const version = reader.varint();
  if (version !== VERSION) throw new DeltaError(`version ${version} is not ${VERSION}`);
  const baseLength = reader.varint();
  if (baseLength !== base.length)
    throw new DeltaError(`made for a base of ${baseLength} bytes, not ${base.length}`);
  const length = reader.varint();
  if (length > maxBytes) throw new DeltaError(`makes ${length} bytes, at most ${maxBytes} are allowed`);
  return applied(reader, base, new Uint8Array(length));
}

function applied(reader: Reader, base: Uint8Array, target: Uint8Array): Uint8Array {
  let written = 0;
  while (!reader.ended) {
    const bytes = instruction(reader, base);
    if (bytes.length > target.length - written)
      throw new DeltaError(`makes more than ${target.length} bytes`);
    target.set(bytes, written);
    written += bytes.length;
  }
  if (written < target.length) throw new DeltaError(`ends after ${written} of ${target.length} bytes`);
  return target;
}

/** The bytes that the next instruction adds, as a view. */
function instruction(reader: Reader, base: Uint8Array): Uint8Array {
  const word = reader.varint();
  const length = Math.floor(word / 2);
  if (length === 0) throw new DeltaError('has an instruction of length 0');
  if (word % 2 === 0) return reader.bytes(length);
  const offset = reader.varint();
  if (offset + length > base.length)
    throw new DeltaError(`copies from beyond the base's ${base.length} bytes`);
  return base.subarray(offset, offset + length);
}

function insert(sink: ByteSink, bytes: Uint8Array): void {
  if (bytes.length === 0) return;
  sink.varint(bytes.length * 2);
  sink.append(bytes);
}

class Reader {
  readonly #bytes: Uint8Array;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  get ended(): boolean {
    return this.#at === this.#bytes.length;
  }

  bytes(length: number): Uint8Array {
    const end = this.#at + length;
    if (end > this.#bytes.length) throw new DeltaError('ends inside an insert');
    const bytes = this.#bytes.subarray(this.#at, end);
    this.#at = end;
    return bytes;
  }

  varint(): number {
    let value = 0;
    for (let scale = 1; ; scale *= 128) {
      const byte = this.#bytes[this.#at++];
      if (byte === undefined) throw new DeltaError('ends inside a number');
      value += (byte % 128) * scale;
      if (value > Number.MAX_SAFE_INTEGER || scale > 2 ** 49)
        throw new DeltaError('has a number above 2^53 - 1');
      if (byte < 128) return value;
    }
  }
}
