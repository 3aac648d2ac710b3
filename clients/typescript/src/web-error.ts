import { Code, Status } from '@foresync/protocol';
import type { Metadata } from 'nice-grpc-web';
import { ClientError } from 'nice-grpc-web';
import { ForesyncClientError } from './errors.js';
import { statusError } from './status-error.js';

/** What a grpc-web call failed with, as a ForesyncClientError; `trailer` is what the server sent with the failure. */
export function webError(thrown: unknown, trailer: Metadata | undefined): ForesyncClientError {
  if (!(thrown instanceof ClientError)) return ForesyncClientError.from(thrown);
  const wire = detailsOf(trailer) ?? { code: codeOf(thrown), message: thrown.details, details: [] };
  return statusError(wire, thrown);
}

/** UNKNOWN is what the library makes of a connection that broke: no server of ours says it. */
function codeOf({ code }: ClientError): number {
  const grpc: number = code;
  return grpc === Code.UNKNOWN ? Code.UNAVAILABLE : grpc;
}

/** google.rpc.Status from the trailer; a malformed one counts as none. */
function detailsOf(trailer: Metadata | undefined): Status | undefined {
  const value = trailer?.get('grpc-status-details-bin');
  if (!(value instanceof Uint8Array)) return undefined;
  try {
    return Status.decode(value);
  } catch {
    return undefined;
  }
}
