import { ForesyncClientError } from '../errors.js';
import type { WireError } from './messages.js';

/** What another tab can be told of an error; its cause stays here. */
export function wireError(thrown: unknown): WireError {
  const { code, message, details } = ForesyncClientError.from(thrown);
  const { cause: _cause, ...rest } = details;
  return { code, message: message.replace(`[${code}] `, ''), details: rest };
}

export function errorOf({ code, message, details }: WireError): ForesyncClientError {
  return new ForesyncClientError(code, message, details);
}
