import { PROTOCOL_LIMITS } from '@foresync/protocol/limits';
import type { DataHash } from '../../domain/ids.js';
import { dataHash } from '../../domain/ids.js';
import { Fault } from './fault.js';

/** Checks of single values. Each throws a Fault with the field's name and, where there is one, the limit. */

/** An id: non-empty text of at most 512 bytes. */
export function id(name: string, value: string): string {
  if (value === '') throw new Fault(name, 'is empty');
  return text(name, value, PROTOCOL_LIMITS.idBytes);
}

/** Text of at most `maxBytes` of UTF-8. What was not valid UTF-8 arrives as U+FFFD, so that is refused too. */
export function text(name: string, value: string, maxBytes: number): string {
  if (value.length > maxBytes || Buffer.byteLength(value, 'utf8') > maxBytes) {
    throw new Fault(name, `is longer than ${maxBytes} bytes`, maxBytes);
  }
  if (NOT_TEXT.test(value)) throw new Fault(name, 'is not valid UTF-8 or contains U+FFFD');
  return value;
}

export function bytes(name: string, value: Uint8Array, max: number): Uint8Array {
  if (value.length > max) throw new Fault(name, `has ${value.length} bytes, at most ${max} are allowed`, max);
  return value;
}

/** A SHA-256: exactly 32 bytes. */
export function hash(name: string, value: Uint8Array): DataHash {
  const { hashBytes } = PROTOCOL_LIMITS;
  if (value.length !== hashBytes) {
    throw new Fault(name, `has ${value.length} bytes, a hash has ${hashBytes}`, hashBytes);
  }
  return dataHash(Buffer.from(value.buffer, value.byteOffset, value.length).toString('hex'));
}

/** A SHA-256, or no bytes for none. */
export function hashOrNone(name: string, value: Uint8Array): DataHash | null {
  return value.length === 0 ? null : hash(name, value);
}

/** A number from `min` to `max`, at most 2^53 - 1: beyond it a double would not be exact. */
export function whole(name: string, value: bigint | number, min = 0, max = Number.MAX_SAFE_INTEGER): number {
  if (value > max) throw new Fault(name, `is ${value}, more than ${max}`, max);
  if (value < min) throw new Fault(name, `is ${value}, less than ${min}`, min);
  return Number(value);
}

export function finite(name: string, value: number): number {
  if (!Number.isFinite(value)) throw new Fault(name, `is ${value}, not a finite number`);
  return value;
}

/** A time in ms since the epoch, at most five minutes ahead of the server's clock. */
export function time(name: string, value: bigint, nowMs: number): number {
  const { futureToleranceMs } = PROTOCOL_LIMITS;
  const ms = whole(name, value);
  if (ms > nowMs + futureToleranceMs) {
    throw new Fault(
      name,
      `is more than ${futureToleranceMs} ms ahead of the server's clock`,
      futureToleranceMs,
    );
  }
  return ms;
}

const NOT_TEXT = /[\uFFFD\uD800-\uDFFF]/u;
