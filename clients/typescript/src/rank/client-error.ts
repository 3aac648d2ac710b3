import { ForesyncError } from '@foresync/ranking';
import { ForesyncClientError } from '../errors.js';

/** What the server's rooms throw, as the client says it: the same code, the same words. */
export function clientError(thrown: unknown): ForesyncClientError {
  if (!(thrown instanceof ForesyncError)) return ForesyncClientError.from(thrown);
  const { field, facts, retryAfterMs } = thrown.details;
  return new ForesyncClientError(thrown.code, thrown.rawMessage, {
    field,
    facts,
    retryAfterMs,
    cause: thrown,
  });
}
