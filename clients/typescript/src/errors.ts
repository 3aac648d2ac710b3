import type { Checkpoint } from './checkpoint.js';

/**
 * Codes that a server answers with (docs/ lists them with their texts); true where the same call can succeed later.
 * A copy of the server's catalogue: a client never imports a server.
 */
export const SERVER_CODES = {
  FIELD_INVALID: false,
  FRAME_TOO_LARGE: false,
  ITEM_TOO_LARGE: false,
  SEQUENCE_GAP: false,
  HELLO_EXPECTED: false,
  SESSION_UNKNOWN: true,
  SPACE_UNKNOWN: false,
  SPACE_FORBIDDEN: false,
  PRIVACY_FORBIDDEN: false,
  ITEM_UNKNOWN: false,
  CONFLICT: false,
  HASH_MISMATCH: false,
  COMPACTED: false,
  UNAUTHENTICATED: false,
  DEVICE_REQUIRED: false,
  BACKEND_REQUIRED: false,
  RESUME_TOKEN_FOREIGN: false,
  OVERLOADED: true,
  SHUTTING_DOWN: true,
  SLOW_CONSUMER: true,
  TAKEN_OVER: false,
  FORGOTTEN: false,
  STORE_UNAVAILABLE: true,
  STORE_CORRUPT: false,
  COPY_REFUSED: false,
  COPY_UNFINISHED: false,
  COPY_MISMATCH: false,
  UNIMPLEMENTED: false,
  CONFIG_INVALID: false,
  MODEL_INVALID: false,
  MODEL_FAILED: true,
  TRACE_INVALID: false,
  INTERNAL: false,
} as const;

/** Codes that the client makes itself; true where the same call can succeed later. */
export const CLIENT_CODES = {
  /** The server cannot be reached, or the connection broke. */
  UNAVAILABLE: true,
  /** The server refused for want of resources, without a code of its own. */
  EXHAUSTED: true,
  /** It took longer than the caller allowed. */
  TIMEOUT: true,
  /** The server was silent for two heartbeat intervals. */
  SILENT: true,
  /** The server forbids it, without a code of its own. */
  FORBIDDEN: false,
  /** The caller's AbortSignal fired. */
  CANCELLED: false,
  /** The client was closed. */
  CLOSED: false,
  /** A content did not match its hash, however often it was asked for. */
  CONTENT_CORRUPT: true,
  /** More opens wait than the client keeps. */
  TOO_MANY_OPENS: true,
  /** The device's disk refused something; the cause says what. */
  STORAGE_FAILED: true,
  /** The browser has no room for anything more of this page, not even for what would replace all that is held. */
  STORAGE_FULL: true,
  /** Another process, or another client in this one, uses the directory. */
  BUFFER_IN_USE: true,
  /** The client was connected without a ranking. */
  RANKING_ABSENT: false,
  /** The directory holds something that this version cannot read. */
  BUFFER_BROKEN: false,
} as const;

export type ErrorCode = keyof typeof SERVER_CODES | keyof typeof CLIENT_CODES;

export interface ErrorDetails {
  /** Field that is wrong, as a path, for example `activities[3].time_ms`. */
  readonly field?: string | undefined;
  /** Facts for machines, for example `expected`, `limit`. */
  readonly facts?: Readonly<Record<string, string>> | undefined;
  /** How long the server asks to wait before trying again, ms. */
  readonly retryAfterMs?: number | undefined;
  /** The item's current checkpoint, on CONFLICT. */
  readonly checkpoint?: Checkpoint | undefined;
  readonly cause?: unknown;
}

/**
 * The one error that the client throws and reports: a code, a message that starts with it, and details.
 *
 * @example
 * try {
 *   await client.write('notes', 'plan.md', content, { ifMatch: 'current' });
 * } catch (error) {
 *   if (error instanceof ForesyncClientError && error.code === 'CONFLICT') merge(error.details.checkpoint);
 *   else throw error;
 * }
 */
export class ForesyncClientError extends Error {
  override readonly name = 'ForesyncClientError';
  readonly code: ErrorCode;
  readonly details: ErrorDetails;

  constructor(code: ErrorCode, message: string, details: ErrorDetails = {}) {
    super(`[${code}] ${message}`, details.cause === undefined ? undefined : { cause: details.cause });
    this.code = code;
    this.details = details;
  }

  /** Whether the same call can succeed later. */
  get retryable(): boolean {
    return CODES[this.code];
  }

  /** Whatever was thrown, as a ForesyncClientError; what is not one becomes INTERNAL with the cause kept. */
  static from(thrown: unknown): ForesyncClientError {
    if (thrown instanceof ForesyncClientError) return thrown;
    const message = thrown instanceof Error ? thrown.message : String(thrown);
    return new ForesyncClientError('INTERNAL', message, { cause: thrown });
  }
}

/** A value that a caller gave and that cannot be; `problem` goes on from the field's name. */
export function fieldInvalid(field: string, problem: string, limit?: number): ForesyncClientError {
  const facts = limit === undefined ? undefined : { limit: String(limit) };
  return new ForesyncClientError('FIELD_INVALID', `${field} ${problem}`, { field, facts });
}

/** What a storage threw, as STORAGE_FAILED with the cause kept; what says more by itself stays what it is. */
export function storageFailed(thrown: unknown): ForesyncClientError {
  if (thrown instanceof ForesyncClientError) return thrown;
  const message = thrown instanceof Error ? thrown.message : String(thrown);
  return new ForesyncClientError('STORAGE_FAILED', message, { cause: thrown });
}

export function isErrorCode(text: string): text is ErrorCode {
  return Object.hasOwn(CODES, text);
}

const CODES = { ...SERVER_CODES, ...CLIENT_CODES };
