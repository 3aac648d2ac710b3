import type { BufferRecord } from './buffer-record.js';

/**
 * Where a buffer is kept: contents by their hash, and a history of records. Adapters: memory, disk (Node).
 *
 * `append`, `write` and `remove` take effect at once for `read`; `commit` makes everything before it durable: contents
 * first, then records, then removals. Whatever a crash leaves is a prefix of the history, with the contents of all of it.
 */
export interface BufferStorage {
  /**
   * The history that earlier runs left, oldest record first, and the hashes of the contents that are there. Called
   * once, first. `snapshot` gives records that stand for the whole history when it is compacted.
   */
  load(snapshot: () => Iterable<BufferRecord>): Promise<StoredBuffer>;
  append(record: BufferRecord): void;
  write(hash: string, content: Uint8Array): void;
  remove(hash: string): void;
  /** A content as it lies there: not verified. Undefined if there is none. */
  read(hash: string): Promise<Uint8Array | undefined>;
  /** Rejects if it cannot be made durable; nothing is lost then, and the next commit tries again. */
  commit(): Promise<void>;
  /** Gives up what was not committed. */
  close(): Promise<void>;
}

export interface StoredBuffer {
  readonly records: readonly BufferRecord[];
  readonly hashes: ReadonlySet<string>;
}
