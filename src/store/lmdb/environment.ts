import { StoredFormat } from '@foresync/protocol/at-rest';
import { ForesyncError } from '../../domain/errors.js';
import { withinTime } from '../../util/abort.js';
import { decodeAs } from '../codec/fields.js';
import { closedFailure, unavailable, unfinishedFailure } from '../failures.js';
import type { GroupCommitLimits } from './group-commit.js';
import { GroupCommit } from './group-commit.js';
import { keys } from './keys.js';
import { checkDirectory } from './preflight.js';
import { compact, isDue } from './compaction.js';
import type { Database, Reading, Writing } from './records.js';
import { openDatabase, Records } from './records.js';

/** Of keys and values; a directory of another layout is refused. */
export const LAYOUT = 2;

/** An open directory: consistent reads, durable writes. One process at a time, because wake-ups stay inside it. */
export class Environment {
  readonly #directory: string;
  readonly #database: Database;
  readonly #records: Records;
  readonly #commits: GroupCommit;
  readonly #closeMs: number;
  #closed = false;

  private constructor(
    directory: string,
    database: Database,
    limits: GroupCommitLimits,
    housekeeping: (records: Writing) => void,
  ) {
    this.#directory = directory;
    this.#database = database;
    this.#records = new Records(database);
    this.#commits = new GroupCommit(database, limits, housekeeping);
    this.#closeMs = limits.commitMs;
  }

  /**
   * Opens or makes the directory. Throws STORE_UNAVAILABLE, STORE_CORRUPT, CONFIG_INVALID for another layout, and
   * COPY_UNFINISHED unless the copy is what it is opened for.
   */
  static async open(
    directory: string,
    limits: GroupCommitLimits,
    housekeeping: (records: Writing) => void,
    purpose: 'serve' | 'copy' = 'serve',
  ): Promise<Environment> {
    await checkDirectory(directory);
    const environment = new Environment(directory, await withoutResidue(directory), limits, housekeeping);
    try {
      await environment.write((records) => checkLayout(records, purpose));
    } catch (thrown) {
      await environment.close();
      throw thrown;
    }
    return environment;
  }

  /** For who reads all of it. */
  get database(): Database {
    return this.#database;
  }

  get isOpen(): boolean {
    return !this.#closed;
  }

  /** What `work` reads is one consistent state. What it throws rejects. */
  read<T>(work: (records: Reading) => T): Promise<T> {
    return new Promise((resolve) => resolve(this.readNow(work)));
  }

  /** As `read`, without a promise. */
  readNow<T>(work: (records: Reading) => T): T {
    this.assertOpen();
    return work(this.#records);
  }

  /** One atomic step: resolves when it is on the disk. `bytes`: size of what is written, where that is much. */
  async write<T>(work: (records: Writing) => T, bytes = 0): Promise<T> {
    this.assertOpen();
    return this.#commits.write(work, bytes);
  }

  assertOpen(): void {
    if (this.#closed) throw closedFailure();
  }

  /** Waits for the writes that were asked for. Idempotent. Throws STORE_UNAVAILABLE if the disk is stuck. */
  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    await this.#inTime(this.#commits.close());
    // A copy takes as long as there is data.
    if (isDue(this.#database)) await compact(this.#database, this.#directory);
    else await this.#inTime(this.#database.close());
  }

  async #inTime(closing: Promise<void>): Promise<void> {
    await withinTime(this.#closeMs, closing).catch((cause: unknown) => {
      throw unavailable('the database could not be closed', cause);
    });
  }
}

/** The database of a directory, after what a process left undone that was cut off. */
async function withoutResidue(directory: string): Promise<Database> {
  const database = openDatabase(directory);
  if (!isDue(database)) return database;
  await compact(database, directory);
  return openDatabase(directory);
}

/**
 * The layout of a directory that is there, read without a write; null if none was written yet. Throws STORE_UNAVAILABLE,
 * STORE_CORRUPT.
 */
export async function readLayout(directory: string): Promise<StoredFormat | null> {
  const database = openDatabase(directory, true);
  try {
    return readFormat(new Records(database));
  } finally {
    await database.close();
  }
}

/** null if none was written yet. Throws STORE_CORRUPT. */
export function readFormat(records: Reading): StoredFormat | null {
  const bytes = records.get(keys.layout());
  return bytes === null ? null : decodeAs('the layout', StoredFormat, bytes);
}

/** `isUnfinished`: a copy that is being made, which no server opens. */
export function writeFormat(records: Writing, isUnfinished: boolean): void {
  records.put(keys.layout(), StoredFormat.encode({ layout: LAYOUT, isUnfinished }).finish());
}

function checkLayout(records: Writing, purpose: 'serve' | 'copy'): void {
  const format = readFormat(records);
  if (format === null) {
    writeFormat(records, false);
    return;
  }
  if (format.isUnfinished && purpose === 'serve') throw unfinishedFailure();
  mustBeReadable(format);
}

/** Throws CONFIG_INVALID for another layout. */
export function mustBeReadable({ layout }: StoredFormat): void {
  if (layout === LAYOUT) return;
  const text = `the directory has layout ${layout}, this version reads ${LAYOUT}`;
  throw new ForesyncError('CONFIG_INVALID', text, { field: 'store.url', facts: { layout: `${layout}` } });
}
