/** Records that outlive the client, in order. Adapters: a journal on disk, or none. Calls must not overlap. */
export interface RecordLog {
  /** Bytes that the records take. */
  readonly size: number;
  /** What earlier runs left. Called once, first. */
  load(): Promise<readonly Uint8Array[]>;
  /** Resolves when they are safe. */
  append(records: readonly Uint8Array[]): Promise<void>;
  /** Makes these the only ones, or leaves all as it was. */
  replace(records: readonly Uint8Array[]): Promise<void>;
  close(): Promise<void>;
}

/** For a client that keeps nothing. */
export class NoLog implements RecordLog {
  readonly size = 0;

  load(): Promise<readonly Uint8Array[]> {
    return Promise.resolve([]);
  }

  append(): Promise<void> {
    return Promise.resolve();
  }

  replace(): Promise<void> {
    return Promise.resolve();
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}
