import { ForesyncError } from '../../domain/errors.js';
import type { CopyState } from '../../domain/archive-port.js';

/** `who`: processes or addresses that have the store open. */
export function inUse(who: string): ForesyncError {
  return new ForesyncError('COPY_REFUSED', `the store is in use by ${who}: stop every server of it first`);
}

/** An unfinished copy, if it is one of this source. Throws COPY_REFUSED. */
export function sameCopy(found: CopyState, fresh: CopyState): CopyState {
  if (found.source === fresh.source) return found;
  throw new ForesyncError('COPY_REFUSED', 'TO has an unfinished copy of another store: empty it first', {
    field: 'to',
  });
}

export function notEmpty(): ForesyncError {
  return new ForesyncError('COPY_REFUSED', 'TO has a store already: a copy needs an empty place', {
    field: 'to',
  });
}

/** A head whose content neither store has. */
export function contentMissing(hash: string): ForesyncError {
  const text = `a head names the content ${hash}, which FROM does not have: put it again or delete the item, then copy to an empty place`;
  return new ForesyncError('STORE_CORRUPT', text, { field: 'from', facts: { data_hash: hash } });
}
