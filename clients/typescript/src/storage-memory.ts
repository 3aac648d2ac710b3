import type { BufferStorage, StoredBuffer } from './storage.js';

/** Keeps contents while the process lives: for tests, replays, and devices that may not write. */
export class MemoryStorage implements BufferStorage {
  readonly #contents = new Map<string, Uint8Array>();

  load(): Promise<StoredBuffer> {
    return Promise.resolve({ records: [], hashes: new Set() });
  }

  append(): void {
    // Nobody comes back to read a history.
  }

  write(hash: string, content: Uint8Array): void {
    this.#contents.set(hash, content);
  }

  remove(hash: string): void {
    this.#contents.delete(hash);
  }

  read(hash: string): Promise<Uint8Array | undefined> {
    return Promise.resolve(this.#contents.get(hash));
  }

  commit(): Promise<void> {
    return Promise.resolve();
  }

  close(): Promise<void> {
    this.#contents.clear();
    return Promise.resolve();
  }
}
