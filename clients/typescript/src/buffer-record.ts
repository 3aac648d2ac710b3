import { Checkpoint as WireCheckpoint, Held } from '@foresync/protocol';
import { copyOf } from './bytes.js';
import type { Checkpoint } from './checkpoint.js';
import { checkpointOf, wireCheckpoint } from './wire-checkpoint.js';
import { ForesyncClientError } from './errors.js';

/** One step in the history of a buffer. Folding the steps in order gives the buffer as it is. */
export type BufferRecord =
  /** A content is held and was current at that time, ms since the epoch; it is the most recently used one. */
  | { readonly kind: 'put'; readonly atMs: number; readonly checkpoint: Checkpoint }
  /** The held content was current at that time; its checkpoint is newer than the one before. */
  | { readonly kind: 'confirm'; readonly atMs: number; readonly checkpoint: Checkpoint }
  /** Until that time the held content was not known to be old; now it is. */
  | { readonly kind: 'stale'; readonly atMs: number; readonly space: string; readonly item: string }
  | { readonly kind: 'touch'; readonly space: string; readonly item: string }
  | { readonly kind: 'drop'; readonly space: string; readonly item: string }
  /** Versions of the space begin anew: those that are held mean nothing any more. */
  | { readonly kind: 'renew'; readonly space: string }
  | { readonly kind: 'token'; readonly token: Uint8Array }
  | { readonly kind: 'key'; readonly key: Uint8Array };

const KINDS = ['put', 'confirm', 'stale', 'touch', 'drop', 'renew', 'token', 'key'] as const;
const HEADER = 9;

/** A record as it is stored: its kind, a time (0 if it has none), and the rest as a message of the protocol. */
export function encodeRecord(record: BufferRecord): Uint8Array {
  const body = bodyOf(record);
  const bytes = new Uint8Array(HEADER + body.length);
  bytes[0] = KINDS.indexOf(record.kind);
  new DataView(bytes.buffer).setFloat64(1, 'atMs' in record ? record.atMs : 0);
  bytes.set(body, HEADER);
  return bytes;
}

/** Throws BUFFER_BROKEN for what this version did not write. */
export function decodeRecord(bytes: Uint8Array): BufferRecord {
  const kind = KINDS[bytes[0] ?? KINDS.length];
  if (kind === undefined || bytes.length < HEADER) throw broken();
  const atMs = new DataView(bytes.buffer, bytes.byteOffset).getFloat64(1);
  const body = bytes.subarray(HEADER);
  try {
    return decoded(kind, atMs, body);
  } catch (cause) {
    throw broken(cause);
  }
}

function bodyOf(record: BufferRecord): Uint8Array {
  switch (record.kind) {
    case 'put':
    case 'confirm':
      return WireCheckpoint.encode(wireCheckpoint(record.checkpoint)).finish();
    case 'stale':
    case 'touch':
    case 'drop':
      return Held.encode({ space: record.space, item: record.item, dataHash: NONE }).finish();
    case 'renew':
      return Held.encode({ space: record.space, item: '', dataHash: NONE }).finish();
    case 'token':
      return record.token;
    case 'key':
      return record.key;
  }
}

function decoded(kind: BufferRecord['kind'], atMs: number, body: Uint8Array): BufferRecord {
  switch (kind) {
    case 'put':
    case 'confirm':
      return { kind, atMs, checkpoint: checkpointOf(WireCheckpoint.decode(body)) };
    case 'stale': {
      const { space, item } = Held.decode(body);
      return { kind, atMs, space, item };
    }
    case 'touch':
    case 'drop': {
      const { space, item } = Held.decode(body);
      return { kind, space, item };
    }
    case 'renew':
      return { kind, space: Held.decode(body).space };
    case 'token':
      return { kind, token: copyOf(body) };
    case 'key':
      return { kind, key: copyOf(body) };
  }
}

function broken(cause?: unknown): ForesyncClientError {
  return new ForesyncClientError('BUFFER_BROKEN', 'the buffer has a record that this version cannot read', {
    cause,
  });
}

const NONE = new Uint8Array(0);
