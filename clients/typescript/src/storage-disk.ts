import { join } from 'node:path';
import type { BufferRecord } from './buffer-record.js';
import { decodeRecord, encodeRecord } from './buffer-record.js';
import { ContentFiles } from './content-files.js';
import type { DeviceFolder } from './device-folder.js';
import { DeviceJournal } from './device-journal.js';
import type { BufferStorage, StoredBuffer } from './storage.js';

/** A journal is compacted when it is larger than this, and than four times what it was after the last time. */
const COMPACT_BYTES = 256 * 1024;
const COMPACT_FACTOR = 4;
/** Records that may wait for a commit that nobody asks for: those of a device that only opens what it holds. */
const MAX_WAITING = 512;

/**
 * Keeps a buffer in a folder, so that it survives a restart, kill -9, and (with `sync`) a loss of power. Nothing is
 * touched until there is something to keep.
 */
export class DiskStorage implements BufferStorage {
  readonly #folder: DeviceFolder;
  readonly #journal: DeviceJournal;
  readonly #files: ContentFiles;
  #snapshot: () => Iterable<BufferRecord> = () => [];
  #compactAbove = COMPACT_BYTES;
  /** Hashes whose files are complete. */
  #stored = new Set<string>();
  readonly #unwritten = new Map<string, Uint8Array>();
  readonly #unremoved = new Set<string>();
  #unappended: BufferRecord[] = [];
  /** The journal lacks records that are gone: only a snapshot makes it whole. */
  #behind = false;
  #commits: Promise<void> = Promise.resolve();

  constructor(folder: DeviceFolder, sync: boolean) {
    this.#folder = folder;
    this.#journal = new DeviceJournal(folder, 'buffer.journal', sync);
    this.#files = new ContentFiles(join(folder.path, 'content'), sync);
  }

  async load(snapshot: () => Iterable<BufferRecord>): Promise<StoredBuffer> {
    this.#snapshot = snapshot;
    if (!(await this.#folder.claimIfThere())) return { records: [], hashes: new Set() };
    const records = (await this.#journal.load()).map(decodeRecord);
    this.#stored = await this.#files.list();
    return { records, hashes: this.#stored };
  }

  append(record: BufferRecord): void {
    if (this.#behind) return;
    this.#unappended.push(record);
    // A failure shows at the next commit that somebody waits for.
    if (this.#unappended.length === MAX_WAITING) this.commit().catch(() => undefined);
  }

  write(hash: string, content: Uint8Array): void {
    this.#unremoved.delete(hash);
    if (!this.#stored.has(hash)) this.#unwritten.set(hash, content);
  }

  remove(hash: string): void {
    this.#unwritten.delete(hash);
    if (this.#stored.has(hash)) this.#unremoved.add(hash);
  }

  async read(hash: string): Promise<Uint8Array | undefined> {
    return this.#unwritten.get(hash) ?? (await this.#files.read(hash));
  }

  /** One at a time; those asked for while one runs are one. */
  commit(): Promise<void> {
    const commit = this.#commits.then(() => this.#commitOnce());
    this.#commits = commit.catch(() => undefined);
    return commit;
  }

  /** Releases the folder too: to be closed last of all who use it. */
  async close(): Promise<void> {
    await this.#commits;
    await this.#journal.close();
    await this.#folder.release();
  }

  async #commitOnce(): Promise<void> {
    const records = this.#unappended;
    const contents = [...this.#unwritten];
    const removed = [...this.#unremoved];
    const whole = this.#behind || this.#journal.size > this.#compactAbove;
    if (!this.#behind && records.length + contents.length + removed.length === 0) return;
    // Taken in one moment: the snapshot stands for all records up to here, and those from here on come after it.
    const snapshot = whole ? [...this.#snapshot()] : undefined;
    this.#unappended = [];
    this.#behind = false;
    try {
      await this.#folder.claim();
      await this.#writeContents(contents);
      if (snapshot !== undefined) await this.#compact(snapshot);
      else if (records.length > 0) await this.#journal.append(records.map(encodeRecord));
    } catch (error) {
      this.#unappended = [];
      this.#behind = true;
      throw error;
    }
    await this.#removeContents(removed);
  }

  async #writeContents(contents: readonly (readonly [string, Uint8Array])[]): Promise<void> {
    await this.#files.write(contents);
    for (const [hash] of contents) {
      this.#stored.add(hash);
      // No longer wanted by the time it was written: then the file has to go again, with the next commit.
      if (!this.#unwritten.delete(hash)) this.#unremoved.add(hash);
    }
  }

  async #compact(snapshot: readonly BufferRecord[]): Promise<void> {
    await this.#journal.replace(snapshot.map(encodeRecord));
    this.#compactAbove = Math.max(COMPACT_BYTES, this.#journal.size * COMPACT_FACTOR);
  }

  /** After the records that no longer name them, unless they are wanted again. */
  async #removeContents(hashes: readonly string[]): Promise<void> {
    for (const hash of hashes) {
      if (!this.#unremoved.delete(hash)) continue;
      this.#stored.delete(hash);
      await this.#files.remove(hash);
    }
  }
}
