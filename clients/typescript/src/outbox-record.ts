import { ActivityBatch } from '@foresync/protocol';
import { ByteSink } from '@foresync/protocol/byte-sink';
import { copyOf } from './bytes.js';
import { ForesyncClientError } from './errors.js';

/** One step in the history of an outbox. */
export type OutboxRecord =
  /** A batch joins at the end; its number is not the one in the message. */
  | { readonly kind: 'add'; readonly batch: ActivityBatch }
  /** The batch at `index` is another one now, with the same number. */
  | { readonly kind: 'replace'; readonly index: number; readonly batch: ActivityBatch }
  /** Batches from `index` on leave. */
  | { readonly kind: 'remove'; readonly index: number; readonly count: number }
  /** The batch at the head has this number, and each one after it the next. */
  | { readonly kind: 'first'; readonly sequence: number };

const KINDS = ['add', 'remove', 'first', 'replace'] as const;

export function encodeOutboxRecord(record: OutboxRecord): Uint8Array {
  switch (record.kind) {
    case 'add':
      return bytesOf(record.kind, ActivityBatch.encode(record.batch).finish());
    case 'remove':
      return bytesOf(record.kind, numbers(record.index, record.count));
    case 'first':
      return bytesOf(record.kind, numbers(record.sequence));
    case 'replace':
      return bytesOf(record.kind, numbers(record.index), ActivityBatch.encode(record.batch).finish());
  }
}

/** Throws BUFFER_BROKEN for what this version did not write. */
export function decodeOutboxRecord(bytes: Uint8Array): OutboxRecord {
  const kind = KINDS[bytes[0] ?? KINDS.length];
  const body = bytes.subarray(1);
  try {
    if (kind === 'add') return { kind, batch: ActivityBatch.decode(copyOf(body)) };
    if (kind === 'remove') return { kind, index: numberAt(body, 0), count: numberAt(body, 1) };
    if (kind === 'first') return { kind, sequence: numberAt(body, 0) };
    if (kind === 'replace') {
      return { kind, index: numberAt(body, 0), batch: ActivityBatch.decode(copyOf(body.subarray(8))) };
    }
  } catch (cause) {
    throw broken(cause);
  }
  throw broken();
}

function bytesOf(kind: OutboxRecord['kind'], ...parts: readonly Uint8Array[]): Uint8Array {
  const sink = new ByteSink();
  sink.byte(KINDS.indexOf(kind));
  for (const part of parts) sink.append(part);
  return sink.bytes();
}

function numbers(...values: readonly number[]): Uint8Array {
  const bytes = new Uint8Array(8 * values.length);
  const view = new DataView(bytes.buffer);
  for (const [index, value] of values.entries()) view.setFloat64(index * 8, value);
  return bytes;
}

/** Throws RangeError if there is none. */
function numberAt(bytes: Uint8Array, index: number): number {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength).getFloat64(index * 8);
}

function broken(cause?: unknown): ForesyncClientError {
  return new ForesyncClientError('BUFFER_BROKEN', 'the outbox has a record that this version cannot read', {
    cause,
  });
}
