import type { Goodbye } from '@foresync/protocol';
import { GoodbyeReason } from '@foresync/protocol';
import type { ErrorCode } from './errors.js';
import { ForesyncClientError } from './errors.js';

/** Why a session ended, and what follows from it. */
export interface SessionEnd {
  readonly error: ForesyncClientError;
  /** `later`: by the rules of backoff. `with-new-token`: the one used is no good any more. `never`: it would not help. */
  readonly retry: 'later' | 'with-new-token' | 'never';
  /** The server has no resources: wait long. */
  readonly exhausted: boolean;
  /** The server asks not to come back earlier, ms. */
  readonly retryAfterMs: number;
  /** What the device keeps is not this user's, or shall be forgotten. */
  readonly wipe: boolean;
}

/** What follows from an error that ended a session, or kept it from beginning. */
export function endOfError(error: ForesyncClientError): SessionEnd {
  const { code } = error;
  return {
    error,
    retry: code === 'UNAUTHENTICATED' ? 'with-new-token' : NEVER.has(code) ? 'never' : 'later',
    exhausted: EXHAUSTED.has(code),
    retryAfterMs: error.details.retryAfterMs ?? 0,
    // Of another user or device: the token, and then so is what is held.
    wipe: code === 'RESUME_TOKEN_FOREIGN' || code === 'FORGOTTEN',
  };
}

export function endOfGoodbye({ reason, message, retryAfterMs }: Goodbye): SessionEnd {
  const code = GOODBYES.get(reason) ?? 'UNAVAILABLE';
  const text = message === '' ? 'the server ended the session' : message;
  return endOfError(new ForesyncClientError(code, text, { retryAfterMs }));
}

const NEVER: ReadonlySet<ErrorCode> = new Set([
  'TAKEN_OVER',
  'FORGOTTEN',
  'SPACE_UNKNOWN',
  'SPACE_FORBIDDEN',
  'FORBIDDEN',
  'DEVICE_REQUIRED',
  'FIELD_INVALID',
  'HELLO_EXPECTED',
  'UNIMPLEMENTED',
  'CONFIG_INVALID',
  'CLOSED',
]);

const EXHAUSTED: ReadonlySet<ErrorCode> = new Set([
  'EXHAUSTED',
  'OVERLOADED',
  'FRAME_TOO_LARGE',
  'ITEM_TOO_LARGE',
]);

const GOODBYES: ReadonlyMap<number, ErrorCode> = new Map<number, ErrorCode>([
  [GoodbyeReason.GOODBYE_REASON_SHUTDOWN, 'SHUTTING_DOWN'],
  [GoodbyeReason.GOODBYE_REASON_SLOW_CONSUMER, 'SLOW_CONSUMER'],
  [GoodbyeReason.GOODBYE_REASON_TAKEN_OVER, 'TAKEN_OVER'],
  [GoodbyeReason.GOODBYE_REASON_TOKEN_EXPIRED, 'UNAUTHENTICATED'],
  [GoodbyeReason.GOODBYE_REASON_SILENT, 'SILENT'],
  [GoodbyeReason.GOODBYE_REASON_FORGOTTEN, 'FORGOTTEN'],
]);
