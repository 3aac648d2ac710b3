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

/** A server does not open what is only half there. `field`: the setting or argument that names the store. */
export function unfinishedFailure(field = 'store.url'): ForesyncError {
  const text = `${field} names a copy that is not whole: finish it by the same \`foresync store copy\` again, or empty it`;
  return new ForesyncError('COPY_UNFINISHED', text, { field });
}

/** Whoever writes learned what it writes before the user was forgotten. */
export function forgottenFailure(): ForesyncError {
  return new ForesyncError('FORGOTTEN', 'the user was forgotten meanwhile');
}
