/** One frame of grpc-web: a message, or the trailers that end a call. */
export interface WebFrame {
  readonly isTrailer: boolean;
  readonly bytes: Uint8Array;
}

/** A byte of flags, then the length as 32 bits, big-endian. */
const HEADER_BYTES = 5;
const TRAILER = 0x80;

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

/** The frames of a body that comes in pieces of any size. What is left at its end is no frame. */
export async function* framesOf(pieces: AsyncIterable<Uint8Array>): AsyncGenerator<WebFrame> {
  let waiting: Uint8Array[] = [];
  let bytes = 0;
  let needed = HEADER_BYTES;
  for await (const piece of pieces) {
    waiting.push(piece);
    bytes += piece.length;
    if (bytes < needed) continue;
    let rest = joined(waiting, bytes);
    for (needed = sizeOf(rest); rest.length >= needed; needed = sizeOf(rest)) {
      const [flags = 0] = rest;
      yield { isTrailer: (flags & TRAILER) !== 0, bytes: rest.subarray(HEADER_BYTES, needed) };
      rest = rest.subarray(needed);
    }
    waiting = [rest];
    bytes = rest.length;
  }
}

/** Bytes of the frame that begins here, as far as they can be told yet. */
function sizeOf(bytes: Uint8Array): number {
  if (bytes.length < HEADER_BYTES) return HEADER_BYTES;
  return HEADER_BYTES + new DataView(bytes.buffer, bytes.byteOffset).getUint32(1);
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
