import type { RecordLog } from '../../src/record-log.js';

/** A log in memory that outlives the objects that write to it, as a disk does; it fails when it is told to. */
export class CrashingLog implements RecordLog {
  records: readonly Uint8Array[] = [];
  failing = false;

  get size(): number {
    return this.records.reduce((sum, { length }) => sum + length, 0);
  }

  load(): Promise<readonly Uint8Array[]> {
    return Promise.resolve(this.records);
  }

  append(records: readonly Uint8Array[]): Promise<void> {
    return this.replace([...this.records, ...records]);
  }

  replace(records: readonly Uint8Array[]): Promise<void> {
    if (this.failing) return Promise.reject(new Error('the disk is full'));
    this.records = records;
    return Promise.resolve();
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}
