import { ForesyncError } from '../../domain/errors.js';
import { unavailable } from '../failures.js';

/** LMDB's own numbers for pages that are not what they have to be. */
const CORRUPT = new Set([-30797, -30796, -30793, -30794]);

/** What lmdb threw, as STORE_CORRUPT or STORE_UNAVAILABLE with the cause. */
export function storeFailure(thrown: unknown): ForesyncError {
  if (thrown instanceof ForesyncError) return thrown;
  const message = thrown instanceof Error ? thrown.message : String(thrown);
  return isLmdbError(thrown) && CORRUPT.has(thrown.code)
    ? new ForesyncError('STORE_CORRUPT', `the database is damaged: ${message}`, { cause: thrown })
    : unavailable(message, thrown);
}

/** Whether LMDB (or the system beneath it) said no: its errors carry a number. */
export function isLmdbError(thrown: unknown): thrown is Error & { readonly code: number } {
  return thrown instanceof Error && 'code' in thrown && typeof thrown.code === 'number';
}
