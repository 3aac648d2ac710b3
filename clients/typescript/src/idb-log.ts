import type { DeviceDatabase } from './idb-database.js';
import type { RecordLog } from './record-log.js';

/** One of the histories in the device's database: of activities that wait, or of what was learned from. The buffer's storage closes it. */
export class IdbLog implements RecordLog {
  readonly #database: DeviceDatabase;
  readonly #store: 'outbox' | 'learned';
  #size = 0;

  constructor(database: DeviceDatabase, store: 'outbox' | 'learned') {
    this.#database = database;
    this.#store = store;
  }

  get size(): number {
    return this.#size;
  }

  async load(): Promise<readonly Uint8Array[]> {
    const records = await this.#database.getAll(this.#store);
    this.#size = bytesOf(records);
    return records;
  }

  async append(records: readonly Uint8Array[]): Promise<void> {
    await this.#write(records, false);
    this.#size += bytesOf(records);
  }

  async replace(records: readonly Uint8Array[]): Promise<void> {
    await this.#write(records, true);
    this.#size = bytesOf(records);
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  async #write(records: readonly Uint8Array[], anew: boolean): Promise<void> {
    const transaction = this.#database.transaction(this.#store, 'readwrite', { durability: 'strict' });
    const work: Promise<unknown>[] = anew ? [transaction.store.clear()] : [];
    for (const record of records) work.push(transaction.store.add(record));
    for (const part of work) part.catch(() => undefined);
    await transaction.done;
  }
}

const bytesOf = (records: readonly Uint8Array[]): number =>
  records.reduce((sum, { length }) => sum + length, 0);
