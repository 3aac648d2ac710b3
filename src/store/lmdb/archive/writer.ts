import type { ArchivedBlob, ArchiveRecord, ArchiveWriter, CopyState } from '../../../domain/archive-port.js';
import { notEmpty, sameCopy } from '../../archive/refusals.js';
import { decodeCopy, encodeCopy } from '../../codec/copy.js';
import type { StoreLimits } from '../../options.js';
import { LmdbBlobs } from '../blobs.js';
import { Environment, writeFormat } from '../environment.js';
import { GROUP_COMMIT_LIMITS } from '../group-commit.js';
import { keys } from '../keys.js';
import type { Writing } from '../records.js';
import { removeAbandonedUploads } from '../upload.js';
import { LmdbArchiveReader } from './reader.js';
import { restore } from './restore.js';

/** A copy in an LMDB directory. Nothing is swept while it is made. */
export class LmdbArchiveWriter implements ArchiveWriter {
  readonly reader: ArchiveWriter['reader'];
  readonly #environment: Environment;
  /** When the copy was begun: what is named later has its grace from then on. */
  #startedMs = 0;

  private constructor(environment: Environment, reader: ArchiveWriter['reader']) {
    this.#environment = environment;
    this.reader = reader;
  }

  /** Opens or makes the directory. Throws as Environment.open. */
  static async open(directory: string, limits: StoreLimits): Promise<LmdbArchiveWriter> {
    const environment = await Environment.open(directory, GROUP_COMMIT_LIMITS, () => undefined, 'copy');
    return new LmdbArchiveWriter(environment, new LmdbArchiveReader(environment.database, limits));
  }

  async begin(fresh: CopyState): Promise<CopyState> {
    const state = await this.#environment.write((records) => {
      const before = records.get(keys.copying());
      if (before !== null) return sameCopy(decodeCopy(before), fresh);
      if (!isEmpty(records)) throw notEmpty();
      writeFormat(records, true);
      records.put(keys.copying(), encodeCopy(fresh));
      return fresh;
    });
    await removeAbandonedUploads(this.#environment);
    this.#startedMs = state.startedMs;
    return state;
  }

  save(state: CopyState): Promise<void> {
    return this.#environment.write((records) => records.put(keys.copying(), encodeCopy(state)));
  }

  write(records: readonly ArchiveRecord[]): Promise<void> {
    return this.#environment.write((into) => {
      for (const record of records) restore(into, record, this.#startedMs);
    });
  }

  async putContent(
    { hash, sizeBytes }: ArchivedBlob,
    content: AsyncIterable<Uint8Array>,
    sinceMs: number,
  ): Promise<void> {
    const blobs = new LmdbBlobs(this.#environment, () => ({ nowMs: sinceMs, graceMs: 0 }));
    await blobs.put(content, sizeBytes, hash);
  }

  finish(): Promise<void> {
    return this.#environment.write((records) => {
      records.remove(keys.copying());
      writeFormat(records, false);
    });
  }

  close(): Promise<void> {
    return this.#environment.close();
  }
}

/** Whether there is nothing but the layout, and numbers of what is gone. */
function isEmpty(records: Writing): boolean {
  const all = { start: Uint8Array.of(0), end: Uint8Array.of(0xff), limit: 4 };
  return records
    .keys(all)
    .every((key) => key.length === 1 && 'vny'.includes(String.fromCharCode(key[0] ?? 0)));
}
