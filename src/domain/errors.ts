/**
 * The primary definition of error codes, as well as their documentation: docs/ is generated from it.
 * `grpc` is the canonical status name; `retry` says whether the same call can succeed later.
 */
export const ERROR_CATALOGUE = {
  FIELD_INVALID: {
    grpc: 'INVALID_ARGUMENT',
    retry: false,
    text: 'A field has a value that it cannot have; the message names the field and the limit.',
  },
  FRAME_TOO_LARGE: {
    grpc: 'RESOURCE_EXHAUSTED',
    retry: false,
    text: 'A frame or batch is larger than the limit in Welcome.limits.',
  },
  ITEM_TOO_LARGE: {
    grpc: 'RESOURCE_EXHAUSTED',
    retry: false,
    text: 'A content is larger than the configured limit.',
  },
  SEQUENCE_GAP: {
    grpc: 'FAILED_PRECONDITION',
    retry: false,
    text: 'An activity batch skipped a number; `expected` in the details is the next one.',
  },
  HELLO_EXPECTED: {
    grpc: 'FAILED_PRECONDITION',
    retry: false,
    text: 'The first event of a session must be Hello, and only the first.',
  },
  SESSION_UNKNOWN: {
    grpc: 'FAILED_PRECONDITION',
    retry: true,
    text: 'This node does not hold the session: open a new one.',
  },
  SPACE_UNKNOWN: { grpc: 'NOT_FOUND', retry: false, text: 'The space does not exist.' },
  SPACE_FORBIDDEN: {
    grpc: 'PERMISSION_DENIED',
    retry: false,
    text: 'The token does not grant this on the space.',
  },
  PRIVACY_FORBIDDEN: {
    grpc: 'PERMISSION_DENIED',
    retry: false,
    text: 'The token may export and forget nobody but its own user; a backend needs the claim `privacy`.',
  },
  ITEM_UNKNOWN: { grpc: 'NOT_FOUND', retry: false, text: 'The item does not exist in the space.' },
  CONFLICT: {
    grpc: 'ABORTED',
    retry: false,
    text: 'The item changed since; its current checkpoint is in the details. Nothing was overwritten.',
  },
  HASH_MISMATCH: {
    grpc: 'INVALID_ARGUMENT',
    retry: false,
    text: 'The content does not have the hash or size that was announced.',
  },
  COMPACTED: {
    grpc: 'OUT_OF_RANGE',
    retry: false,
    text: 'The position is no longer in the log: read the current state, then follow from there.',
  },
  UNAUTHENTICATED: {
    grpc: 'UNAUTHENTICATED',
    retry: false,
    text: 'The token is missing, malformed, of another issuer or audience, or expired.',
  },
  DEVICE_REQUIRED: {
    grpc: 'PERMISSION_DENIED',
    retry: false,
    text: 'The call needs the token of a device; this one is of a backend.',
  },
  BACKEND_REQUIRED: {
    grpc: 'PERMISSION_DENIED',
    retry: false,
    text: 'The call needs the token of a backend; this one is of a device.',
  },
  RESUME_TOKEN_FOREIGN: {
    grpc: 'PERMISSION_DENIED',
    retry: false,
    text: 'The resume token was issued to another user or device, or was altered.',
  },
  OVERLOADED: {
    grpc: 'UNAVAILABLE',
    retry: true,
    text: 'The node takes no more sessions now; RetryInfo says when to come back.',
  },
  SHUTTING_DOWN: { grpc: 'UNAVAILABLE', retry: true, text: 'The node shuts down: resume on another one.' },
  SLOW_CONSUMER: { grpc: 'UNAVAILABLE', retry: true, text: 'The device read too slowly: resume later.' },
  TAKEN_OVER: { grpc: 'ABORTED', retry: false, text: 'The same device opened another session.' },
  FORGOTTEN: {
    grpc: 'ABORTED',
    retry: false,
    text: 'The user was forgotten: drop everything that is held of them. A new session begins anew.',
  },
  STORE_UNAVAILABLE: {
    grpc: 'UNAVAILABLE',
    retry: true,
    text: 'The store did not answer in time; retrying is safe.',
  },
  STORE_CORRUPT: {
    grpc: 'DATA_LOSS',
    retry: false,
    text: 'A stored value does not have the form or hash that it was written with.',
  },
  COPY_REFUSED: {
    grpc: 'FAILED_PRECONDITION',
    retry: false,
    text: 'A store is not copied: one of the two is in use, or the target has something else in it.',
  },
  COPY_UNFINISHED: {
    grpc: 'FAILED_PRECONDITION',
    retry: false,
    text: 'The store is a copy that is not whole: `foresync store copy` of the same two stores goes on with it.',
  },
  COPY_MISMATCH: {
    grpc: 'DATA_LOSS',
    retry: false,
    text: 'A copy does not have what its original has; the message names the section.',
  },
  UNIMPLEMENTED: { grpc: 'UNIMPLEMENTED', retry: false, text: 'This server does not offer the call.' },
  CONFIG_INVALID: {
    grpc: 'FAILED_PRECONDITION',
    retry: false,
    text: 'The configuration names a value that it cannot have.',
  },
  MODEL_INVALID: {
    grpc: 'FAILED_PRECONDITION',
    retry: false,
    text: 'A model cannot be loaded; the message names the file or field, what was expected and what was found.',
  },
  MODEL_FAILED: {
    grpc: 'UNAVAILABLE',
    retry: true,
    text: 'The model threw, was too slow, answered nonsense or takes no more calls now; only predictions stop.',
  },
  TRACE_INVALID: {
    grpc: 'INVALID_ARGUMENT',
    retry: false,
    text: 'A trace or log has a line that cannot be read; the message names file and line.',
  },
  INTERNAL: {
    grpc: 'INTERNAL',
    retry: false,
    text: 'A defect of the server; it is logged with the session.',
  },
} as const;

export type ErrorCode = keyof typeof ERROR_CATALOGUE;

export interface ErrorDetails {
  /** Field that is wrong, as a path in the message, for example `activities[3].time_ms`. */
  readonly field?: string;
  /** Facts for machines, for example `expected`, `limit`. */
  readonly facts?: Readonly<Record<string, string>>;
  /** How long to wait before trying again, ms. */
  readonly retryAfterMs?: number;
  /** Anything that a room attaches for its edge, for example the current checkpoint of a conflict. */
  readonly attachment?: unknown;
  readonly cause?: unknown;
}

/** The one error class: a code of the catalogue, a message that starts with it, and details. */
export class ForesyncError extends Error {
  override readonly name = 'ForesyncError';
  readonly code: ErrorCode;
  readonly rawMessage: string;
  readonly details: ErrorDetails;

  constructor(code: ErrorCode, message: string, details: ErrorDetails = {}) {
    super(`[${code}] ${message}`, details.cause === undefined ? undefined : { cause: details.cause });
    this.code = code;
    this.rawMessage = message;
    this.details = details;
  }

  /** Whatever was thrown, as a ForesyncError; what is not one becomes INTERNAL with the cause kept. */
  static from(thrown: unknown): ForesyncError {
    if (thrown instanceof ForesyncError) return thrown;
    const message = thrown instanceof Error ? thrown.message : String(thrown);
    return new ForesyncError('INTERNAL', message, { cause: thrown });
  }
}
