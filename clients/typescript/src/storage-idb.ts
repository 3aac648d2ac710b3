import type { BufferRecord } from './buffer-record.js';
import { decodeRecord, encodeRecord } from './buffer-record.js';
import { ForesyncClientError } from './errors.js';
import type { DeviceDatabase } from './idb-database.js';
import { isFull } from './idb-database.js';
import type { BufferStorage, StoredBuffer } from './storage.js';

/** The history is replaced by a snapshot when it has more records than this, and than four times those after the last time. */
const COMPACT_RECORDS = 4096;
const COMPACT_FACTOR = 4;

/** Keeps a buffer in IndexedDB. A commit is one transaction: a tab that dies leaves all of it or nothing. */
export class IdbStorage implements BufferStorage {
  readonly #database: DeviceDatabase;
  #snapshot: () => Iterable<BufferRecord> = () => [];
  readonly #unwritten = new Map<string, Uint8Array>();
  readonly #unremoved = new Set<string>();
  #unappended: BufferRecord[] = [];
  #records = 0;
  #compactAbove = COMPACT_RECORDS;
  #commits: Promise<void> = Promise.resolve();

  constructor(database: DeviceDatabase) {
    this.#database = database;
  }

  async load(snapshot: () => Iterable<BufferRecord>): Promise<StoredBuffer> {
    this.#snapshot = snapshot;
    const records = await this.#database.getAll('records');
    this.#records = records.length;
    const hashes = new Set(await this.#database.getAllKeys('contents'));
    return { records: records.map(decodeRecord), hashes };
  }

  append(record: BufferRecord): void {
    this.#unappended.push(record);
    // A failure shows at the next commit that somebody waits for.
    if (this.#unappended.length === COMPACT_RECORDS) this.commit().catch(() => undefined);
  }

  write(hash: string, content: Uint8Array): void {
    this.#unremoved.delete(hash);
    this.#unwritten.set(hash, content);
  }

  remove(hash: string): void {
    // What was never written costs nothing to remove; what was may be on its way.
    this.#unwritten.delete(hash);
    this.#unremoved.add(hash);
  }

  async read(hash: string): Promise<Uint8Array | undefined> {
    return this.#unwritten.get(hash) ?? (await this.#database.get('contents', hash));
  }

  /** One at a time. STORAGE_FULL where the browser has no room; what was to be committed then waits for the next time. */
  commit(): Promise<void> {
    const commit = this.#commits.then(() => this.#commitOnce());
    this.#commits = commit.catch(() => undefined);
    return commit;
  }

  async close(): Promise<void> {
    await this.#commits;
    this.#database.close();
  }

  async #commitOnce(): Promise<void> {
    const records = this.#unappended;
    const contents = [...this.#unwritten];
    const removed = [...this.#unremoved];
    if (records.length + contents.length + removed.length === 0) return;
    const whole = this.#records + records.length > this.#compactAbove;
    const snapshot = whole ? [...this.#snapshot()] : undefined;
    this.#unappended = [];
    this.#unremoved.clear();
    try {
      await this.#transact(contents, snapshot ?? records, { removed, whole });
    } catch (thrown) {
      // In front of what came meanwhile; and whatever is wanted again by now is not removed.
      this.#unappended = [...records, ...this.#unappended];
      for (const hash of removed) if (!this.#unwritten.has(hash)) this.#unremoved.add(hash);
      throw isFull(thrown) ? full(thrown) : thrown;
    }
    for (const [hash, content] of contents)
      if (this.#unwritten.get(hash) === content) this.#unwritten.delete(hash);
    this.#records = snapshot?.length ?? this.#records + records.length;
    if (snapshot !== undefined)
      this.#compactAbove = Math.max(COMPACT_RECORDS, snapshot.length * COMPACT_FACTOR);
  }

  async #transact(
    contents: readonly (readonly [string, Uint8Array])[],
    records: readonly BufferRecord[],
    { removed, whole }: { readonly removed: readonly string[]; readonly whole: boolean },
  ): Promise<void> {
    const transaction = this.#database.transaction(['contents', 'records'], 'readwrite', {
      durability: 'strict',
    });
    const kept = transaction.objectStore('contents');
    const history = transaction.objectStore('records');
    const work: Promise<unknown>[] = [];
    try {
      // Room first.
      for (const hash of removed) work.push(kept.delete(hash));
      if (whole) work.push(history.clear());
      for (const [hash, content] of contents) work.push(kept.put(content, hash));
      for (const record of records) work.push(history.add(encodeRecord(record)));
    } catch (thrown) {
      transaction.done.catch(() => undefined);
      transaction.abort();
      throw thrown;
    } finally {
      // Each part fails with the transaction, whose reason is the one that counts.
      for (const part of work) part.catch(() => undefined);
    }
    await transaction.done;
  }
}

function full(cause: unknown): ForesyncClientError {
  return new ForesyncClientError('STORAGE_FULL', 'the browser has no room for more', { cause });
}
