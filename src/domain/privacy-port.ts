import type { Pseudonym } from './ids.js';

/** A user's rights over what is kept of them. Throws STORE_UNAVAILABLE, SHUTTING_DOWN. */
export interface Privacy {
  /** All that is kept of a user, a record after the other, each small; what is written meanwhile may be in it or not. */
  export(user: Pseudonym): AsyncIterable<ExportedRecord>;
  /**
   * Ends the user's sessions and removes all that is kept of them; answers how many records of the store that were. A
   * failure leaves them forgotten in part: the next call goes on, and until then nothing is written for the user.
   */
  forget(user: Pseudonym): Promise<number>;
}

export interface ExportedRecord {
  readonly kind: string;
  /** Plain data, of at most 256 KiB as JSON. */
  readonly value: Readonly<Record<string, unknown>>;
}
