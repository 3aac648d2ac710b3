import { open, type RootDatabase } from 'lmdb';
import { storeFailure } from './failures.js';
import { seal, unseal } from './seal.js';

export type Database = RootDatabase<Uint8Array, Uint8Array>;

/** A key and its value. */
export type Entry = readonly [key: Uint8Array, value: Uint8Array];

/** Keys from `start` on and before `end`, at most `limit`, in the order of their bytes. */
export interface KeyRange {
  readonly start: Uint8Array;
  readonly end: Uint8Array;
  readonly limit: number;
}

/** One consistent state of the database, as long as no await comes between the reads. */
export interface Reading {
  get(key: Uint8Array): Uint8Array | null;
  range(range: KeyRange): Entry[];
  keys(range: KeyRange): Uint8Array[];
  count(range: Omit<KeyRange, 'limit'>): number;
}

/** Inside a write: reads see what was written before. */
export interface Writing extends Reading {
  put(key: Uint8Array, value: Uint8Array): void;
  remove(key: Uint8Array): void;
}

/**
 * Opens or makes a database; `readOnly` makes none. Throws STORE_UNAVAILABLE, STORE_CORRUPT.
 *
 * `overlappingSync: false`: a transaction becomes visible only after it was synced, and its promise resolves after both
 * (with lmdb's default, readers and the promise come before the sync). `eventTurnBatching: false`: groups are made in
 * group-commit.ts; lmdb's own batching makes its thread poll, and leaves a rejected promise that nobody can catch when a
 * commit fails. `noMemInit: false`: else gaps of pages come to the disk with whatever the process had in memory there.
 */
export function openDatabase(directory: string, readOnly = false): Database {
  try {
    return open<Uint8Array, Uint8Array>({
      path: directory,
      readOnly,
      noSubdir: false,
      encoding: 'binary',
      keyEncoding: 'binary',
      overlappingSync: false,
      eventTurnBatching: false,
      noMemInit: false,
    });
  } catch (thrown) {
    throw storeFailure(thrown);
  }
}

/** Values go in sealed and come out checked; what lmdb throws becomes STORE_UNAVAILABLE or STORE_CORRUPT. */
export class Records implements Writing {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  get(key: Uint8Array): Uint8Array | null {
    const sealed = guarded(() => this.#database.get(key));
    return sealed === undefined ? null : unseal(key, sealed);
  }

  range(range: KeyRange): Entry[] {
    const entries = guarded(() => Array.from(this.#database.getRange({ ...range })));
    return entries.map(({ key, value }) => [key, unseal(key, value)]);
  }

  keys(range: KeyRange): Uint8Array[] {
    return guarded(() => Array.from(this.#database.getKeys({ ...range })));
  }

  count(range: Omit<KeyRange, 'limit'>): number {
    return guarded(() => this.#database.getKeysCount({ ...range }));
  }

  put(key: Uint8Array, value: Uint8Array): void {
    guarded(() => this.#database.putSync(key, seal(key, value)));
  }

  remove(key: Uint8Array): void {
    guarded(() => this.#database.removeSync(key));
  }
}

function guarded<T>(work: () => T): T {
  try {
    return work();
  } catch (thrown) {
    throw storeFailure(thrown);
  }
}
