import { ForesyncError } from '../domain/errors.js';

export function unavailable(why: string, cause?: unknown): ForesyncError {
  return new ForesyncError('STORE_UNAVAILABLE', why, cause === undefined ? {} : { cause });
}

export function closedFailure(): ForesyncError {
  return unavailable('the store is closed');
}

/** `what` names the kind of value, never whose it is. */
export function corrupt(what: string, cause?: unknown): ForesyncError {
  const text = `${what} does not have the form that it was written with`;
  return new ForesyncError('STORE_CORRUPT', text, cause === undefined ? {} : { cause });
}

/** Whoever writes learned what it writes before the user was forgotten. */
export function forgottenFailure(): ForesyncError {
  return new ForesyncError('FORGOTTEN', 'the user was forgotten meanwhile');
}
