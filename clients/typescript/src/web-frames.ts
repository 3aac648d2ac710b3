import { ForesyncClientError } from './errors.js';
import { broken } from './web-status.js';

/** One frame of grpc-web: a message, or the trailers that end a call. */
export interface WebFrame {
  readonly isTrailer: boolean;
  readonly bytes: Uint8Array;
}

/** A byte of flags, then the length as 32 bits, big-endian. */
const HEADER_BYTES = 5;
const MESSAGE = 0;
const TRAILER = 0x80;
/** As much as gRPC's own clients take of one message. */
const MOST_BYTES = 4 * 1024 * 1024;

/** Messages as one body. grpc-web knows no client stream, but several messages in one body are one to the server. */
export function bodyOf(messages: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const body = new Uint8Array(messages.reduce((sum, { length }) => sum + HEADER_BYTES + length, 0));
  const view = new DataView(body.buffer);
  let at = 0;
  for (const message of messages) {
    view.setUint32(at + 1, message.length);
    body.set(message, at + HEADER_BYTES);
    at += HEADER_BYTES + message.length;
  }
  return body;
}

/**
 * The frames of a body that comes in pieces of any size; none follows the trailers. Throws UNAVAILABLE for what is no frame, or
 * only a part of one, and EXHAUSTED for one of more than 4 MiB.
 */
export async function* framesOf(pieces: AsyncIterable<Uint8Array>): AsyncGenerator<WebFrame> {
  let waiting: Uint8Array[] = [];
  let bytes = 0;
  let needed = HEADER_BYTES;
  let isOver = false;
  for await (const piece of pieces) {
    waiting.push(piece);
    bytes += piece.length;
    if (bytes < needed) continue;
    let rest = joined(waiting, bytes);
    for (needed = sizeOf(rest); rest.length >= needed; needed = sizeOf(rest)) {
      if (isOver) throw broken('the server went on after the end of the call');
      isOver = rest[0] === TRAILER;
      yield { isTrailer: isOver, bytes: rest.subarray(HEADER_BYTES, needed) };
      rest = rest.subarray(needed);
    }
    waiting = [rest];
    bytes = rest.length;
  }
  if (bytes > 0) throw broken('the answer ended in the midst of a frame');
}

/** Bytes of the frame that begins here, as far as they can be told yet. */
function sizeOf(bytes: Uint8Array): number {
  if (bytes.length < HEADER_BYTES) return HEADER_BYTES;
  const [flags] = bytes;
  // Nobody was asked to compress.
  if (flags !== MESSAGE && flags !== TRAILER) throw broken('what came is not grpc-web, or is compressed');
  const length = new DataView(bytes.buffer, bytes.byteOffset).getUint32(1);
  if (length <= MOST_BYTES) return HEADER_BYTES + length;
  throw new ForesyncClientError(
    'EXHAUSTED',
    `a message of ${length} bytes came: at most ${MOST_BYTES} are taken`,
  );
}

function joined(parts: readonly Uint8Array[], length: number): Uint8Array {
  const [first] = parts;
  if (first !== undefined && parts.length === 1) return first;
  const whole = new Uint8Array(length);
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
