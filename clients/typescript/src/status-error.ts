import type { Any, Status } from '@foresync/protocol';
import { BadRequest, Checkpoint, Code, ErrorInfo, RetryInfo } from '@foresync/protocol';
import { checkpointOf } from './wire-checkpoint.js';
import type { ErrorCode, ErrorDetails } from './errors.js';
import { ForesyncClientError, isErrorCode } from './errors.js';

/**
 * A google.rpc.Status as a ForesyncClientError: the code that ErrorInfo names, else what comes closest to the gRPC code;
 * with the field, the facts, the wait and the checkpoint that its details carry. Details that it does not know are ignored.
 */
export function statusError(wire: Status, cause?: unknown): ForesyncClientError {
  const details: Writable<ErrorDetails> = { cause };
  let code: ErrorCode = codeOf(wire.code);
  for (const any of wire.details) {
    const named = read(any, details);
    if (named !== undefined) code = named;
  }
  return new ForesyncClientError(code, wire.message.replace(`[${code}] `, ''), details);
}

type Writable<T> = { -readonly [Key in keyof T]: T[Key] };

/** Puts into `details` what one detail says; answers the code if that is what it says. */
function read(any: Any, details: Writable<ErrorDetails>): ErrorCode | undefined {
  try {
    switch (any.typeUrl.slice(any.typeUrl.lastIndexOf('/') + 1)) {
      case 'google.rpc.ErrorInfo': {
        const { reason, metadata } = ErrorInfo.decode(any.value);
        details.facts = metadata;
        return isErrorCode(reason) ? reason : undefined;
      }
      case 'google.rpc.BadRequest':
        details.field = BadRequest.decode(any.value).fieldViolations[0]?.field;
        return undefined;
      case 'google.rpc.RetryInfo': {
        const { retryDelay } = RetryInfo.decode(any.value);
        if (retryDelay !== undefined)
          details.retryAfterMs = Number(retryDelay.seconds) * 1000 + retryDelay.nanos / 1e6;
        return undefined;
      }
      case 'foresync.v1.Checkpoint':
        details.checkpoint = checkpointOf(Checkpoint.decode(any.value));
        return undefined;
      default:
        return undefined;
    }
  } catch {
    // A detail that cannot be read says nothing; the error itself still counts.
    return undefined;
  }
}

function codeOf(grpc: number): ErrorCode {
  return CODES.get(grpc) ?? 'INTERNAL';
}

const CODES: ReadonlyMap<number, ErrorCode> = new Map([
  [Code.CANCELLED, 'CANCELLED'],
  [Code.INVALID_ARGUMENT, 'FIELD_INVALID'],
  [Code.DEADLINE_EXCEEDED, 'TIMEOUT'],
  [Code.NOT_FOUND, 'ITEM_UNKNOWN'],
  [Code.PERMISSION_DENIED, 'FORBIDDEN'],
  [Code.RESOURCE_EXHAUSTED, 'EXHAUSTED'],
  [Code.ABORTED, 'CONFLICT'],
  [Code.OUT_OF_RANGE, 'COMPACTED'],
  [Code.UNIMPLEMENTED, 'UNIMPLEMENTED'],
  [Code.UNAVAILABLE, 'UNAVAILABLE'],
  [Code.UNAUTHENTICATED, 'UNAUTHENTICATED'],
]);
