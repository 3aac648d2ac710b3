import { ForesyncError } from '../../domain/errors.js';

/** A message as it arrived, with its encoded size; or why it cannot be one. */
export type Arrived<T> =
  | { readonly message: T; readonly bytes: number; readonly error?: never }
  | { readonly error: ForesyncError; readonly bytes: number };

interface Decoder<T> {
  decode(bytes: Uint8Array): T;
}

/**
 * Decodes a message of at most `limit` bytes. It never throws, for grpc-js would answer INTERNAL: what is wrong is
 * handed to the call, which ends with FRAME_TOO_LARGE or FIELD_INVALID and says so.
 */
export function decodeArrived<T>(decoder: Decoder<T>, bytes: Uint8Array, limit: number): Arrived<T> {
  if (bytes.length > limit) return { error: tooLarge(bytes.length, limit), bytes: bytes.length };
  try {
    return { message: decoder.decode(bytes), bytes: bytes.length };
  } catch (cause) {
    const error = new ForesyncError('FIELD_INVALID', 'the message is not valid protobuf', {
      field: '',
      cause,
    });
    return { error, bytes: bytes.length };
  }
}

/** The message, or the throw of what is wrong with it. */
export function opened<T>(arrived: Arrived<T>): T {
  if (arrived.error !== undefined) throw arrived.error;
  return arrived.message;
}

function tooLarge(size: number, limit: number): ForesyncError {
  return new ForesyncError('FRAME_TOO_LARGE', `the message has ${size} bytes, at most ${limit} are allowed`, {
    facts: { limit: String(limit), size: String(size) },
  });
}
