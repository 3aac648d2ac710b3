import { join } from 'node:path';
import type { DeviceFolder } from './device-folder.js';
import { Journal } from './journal.js';
import type { RecordLog } from './record-log.js';

/** A journal in a device's folder, which is made and claimed when there is something to keep, and released by others. */
export class DeviceJournal implements RecordLog {
  readonly #folder: DeviceFolder;
  readonly #journal: Journal;

  constructor(folder: DeviceFolder, name: string, sync: boolean) {
    this.#folder = folder;
    this.#journal = new Journal(join(folder.path, name), sync);
  }

  get size(): number {
    return this.#journal.size;
  }

  async load(): Promise<readonly Uint8Array[]> {
    return (await this.#folder.claimIfThere()) ? this.#journal.load() : [];
  }

  async append(records: readonly Uint8Array[]): Promise<void> {
    await this.#folder.claim();
    await this.#journal.append(records);
  }

  async replace(records: readonly Uint8Array[]): Promise<void> {
    await this.#folder.claim();
    await this.#journal.replace(records);
  }

  close(): Promise<void> {
    return this.#journal.close();
  }
}
