import type { ServiceError } from '@grpc/grpc-js';
import { Metadata } from '@grpc/grpc-js';
import { Status } from '@foresync/protocol';
import { ForesyncClientError } from './errors.js';
import { statusError } from './status-error.js';

/** What a grpc-js call failed with, as a ForesyncClientError. */
export function grpcError(error: Error): ForesyncClientError {
  if (!isServiceError(error)) return ForesyncClientError.from(error);
  const wire = detailsOf(error.metadata) ?? { code: error.code, message: error.details, details: [] };
  return statusError(wire, error);
}

function isServiceError(error: Error): error is ServiceError {
  return (
    'code' in error &&
    typeof error.code === 'number' &&
    'metadata' in error &&
    error.metadata instanceof Metadata
  );
}

/** google.rpc.Status from the trailers; a malformed one counts as none. */
function detailsOf(metadata: Metadata): Status | undefined {
  const value = metadata.get('grpc-status-details-bin')[0];
  if (!(value instanceof Uint8Array)) return undefined;
  try {
    return Status.decode(value);
  } catch {
    return undefined;
  }
}
