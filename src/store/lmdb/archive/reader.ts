import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { ArchivePage, ArchivePart, ArchiveReader } from '../../../domain/archive-port.js';
import type { DataHash } from '../../../domain/ids.js';
import { inUse } from '../../archive/refusals.js';
import { corrupt, unavailable, unfinishedFailure } from '../../failures.js';
import type { StoreLimits } from '../../options.js';
import { findBlob } from '../blob-records.js';
import { readChunks } from '../blobs.js';
import { mustBeReadable, readFormat } from '../environment.js';
import { storeFailure } from '../failures.js';
import type { KeyPrefix } from '../keys.js';
import { endOf, following } from '../keys.js';
import { checkDirectory } from '../preflight.js';
import type { Database, Entry, Reading } from '../records.js';
import { openDatabase, Records } from '../records.js';
import type { AsOf } from './decode.js';
import { decodeEntry } from './decode.js';

/** Letters of the keys of each part, in the order in which they are read. */
const LETTERS: Readonly<Record<ArchivePart, readonly string[]>> = {
  blobs: ['B'],
  spaces: ['s', 'b', 'F'],
  items: ['h', 't', 'l', 'f', 'p'],
  users: ['u'],
  forgotten: ['z'],
};
/** Entries of a page, and bytes of their values before the last. */
const PAGE = 512;
const PAGE_BYTES = 4 * 1024 * 1024;
/** Bytes of a content that are read at a time. */
const PIECE_BYTES = 1024 * 1024;

/** All that is in an LMDB directory. Cursors are keys, in hexadecimal digits. */
export class LmdbArchiveReader implements ArchiveReader {
  readonly #database: Database;
  readonly #records: Reading;
  readonly #limits: StoreLimits;

  /** Reads a database that somebody else opened, or `open` did. */
  constructor(database: Database, limits: StoreLimits) {
    this.#database = database;
    this.#records = new Records(database);
    this.#limits = limits;
  }

  /** Opens a directory without the right to write. Throws CONFIG_INVALID, COPY_UNFINISHED, STORE_UNAVAILABLE, STORE_CORRUPT. */
  static async open(directory: string, limits: StoreLimits): Promise<LmdbArchiveReader> {
    if ((await stat(join(directory, 'data.mdb')).catch(() => null)) === null)
      throw unavailable(`${directory} has no store`);
    await checkDirectory(directory);
    const database = openDatabase(directory, true);
    try {
      const format = readFormat(new Records(database));
      if (format === null) throw unavailable('FROM has no store');
      if (format.isUnfinished) throw unfinishedFailure('from');
      mustBeReadable(format);
      return new LmdbArchiveReader(database, limits);
    } catch (thrown) {
      await database.close();
      throw thrown;
    }
  }

  /** LMDB lists who has the directory open; it strikes off who was killed. */
  mustBeIdle(): Promise<void> {
    return this.#now(() => {
      this.#database.readerCheck();
      const others = pidsIn(this.#database.readerList()).filter((pid) => pid !== process.pid);
      if (others.length > 0) throw inUse(`process ${[...new Set(others)].join(', ')}`);
    });
  }

  count(part: ArchivePart): Promise<number> {
    return this.#now((records) =>
      LETTERS[part].reduce((sum, letter) => sum + records.count(rangeOf(letter)), 0),
    );
  }

  async *read(part: ArchivePart, after: string, asOfMs: number): AsyncGenerator<ArchivePage> {
    const { blobGraceMs, forgottenMs } = this.#limits;
    const asOf: AsOf = { nowMs: asOfMs, graceMs: blobGraceMs, forgottenMs };
    const last = after === '' ? null : Buffer.from(after, 'hex');
    const letters = LETTERS[part];
    const first = last === null ? 0 : letters.indexOf(String.fromCharCode(last[0] ?? 0));
    for (const [index, letter] of letters.slice(first).entries()) {
      const { start, end } = rangeOf(letter);
      for (let from = index === 0 && last !== null ? following(last) : start; ; ) {
        const page = await this.#page({ start: from, end }, asOf);
        if (page === null) break;
        yield page;
        from = following(Buffer.from(page.after, 'hex'));
      }
    }
  }

  async *content(hash: DataHash, sizeBytes: number): AsyncGenerator<Uint8Array> {
    for (let at = 0; at < sizeBytes; at += PIECE_BYTES)
      yield await this.#now((records) => {
        const blob = findBlob(records, hash);
        if (blob === null) throw corrupt('a content');
        return readChunks(records, blob, at, Math.min(at + PIECE_BYTES, sizeBytes));
      });
  }

  async close(): Promise<void> {
    await this.#database.close();
  }

  #page(range: KeyPrefix, asOf: AsOf): Promise<ArchivePage | null> {
    return this.#now((records) => {
      const entries = entriesIn(records, range);
      const last = entries.at(-1);
      if (last === undefined) return null;
      const found = entries.map((entry) => decodeEntry(entry, records, asOf));
      return {
        records: found.filter((record) => record !== null),
        after: Buffer.from(last[0]).toString('hex'),
        steps: entries.length,
      };
    });
  }

  /** What lmdb throws rejects as STORE_UNAVAILABLE or STORE_CORRUPT. */
  #now<T>(work: (records: Reading) => T): Promise<T> {
    return new Promise((resolve, reject) => {
      try {
        resolve(work(this.#records));
      } catch (thrown) {
        reject(storeFailure(thrown));
      }
    });
  }
}

/** Entries of a page: at least one, if there is any. */
function entriesIn(records: Reading, range: KeyPrefix): Entry[] {
  const entries: Entry[] = [];
  let bytes = 0;
  for (const key of records.keys({ ...range, limit: PAGE })) {
    const value = records.get(key);
    if (value === null) continue;
    // What lmdb gives out is gone with its transaction.
    entries.push([key, new Uint8Array(value)]);
    bytes += value.length;
    if (bytes >= PAGE_BYTES) break;
  }
  return entries;
}

function rangeOf(letter: string): KeyPrefix {
  const start = Buffer.from(letter, 'latin1');
  return { start, end: endOf(start) };
}

/** Of lmdb's table, which has a line of titles. */
function pidsIn(table: string): readonly number[] {
  return [...table.matchAll(/^\s*(\d+)\s/gm)].map(([, pid]) => Number(pid));
}
