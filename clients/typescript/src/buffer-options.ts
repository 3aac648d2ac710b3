import { DeviceFolder } from './device-folder.js';
import { DeviceJournal } from './device-journal.js';
import { fieldInvalid } from './errors.js';
import { DEFAULT_BUFFER_BYTES } from './lru-index.js';
import { NoLog } from './record-log.js';
import type { Ground } from './start.js';
import { DiskStorage } from './storage-disk.js';
import { MemoryStorage } from './storage-memory.js';

export type BufferOptions = DirectoryBuffer | MemoryBuffer;

/** Contents, and activities that were not sent yet, survive a restart. One directory a device: it is this user's. */
export interface DirectoryBuffer {
  readonly kind: 'directory';
  /** Made when there is something to keep. Used by one client at a time. */
  readonly path: string;
  /** Bytes of content; beyond them the least recently used goes. Default 64 MiB. */
  readonly capacityBytes?: number | undefined;
  /**
   * What is acknowledged survives a loss of `power` (the default), or only the end of the `process`, kill -9 included:
   * faster, for the system writes when it likes.
   */
  readonly surviving?: 'power' | 'process' | undefined;
}

/** Everything is gone with the client. */
export interface MemoryBuffer {
  readonly kind: 'memory';
  readonly capacityBytes?: number | undefined;
}

/** Storage and outbox log of a device. Throws FIELD_INVALID. Touches no disk. */
export function groundIn(
  options: BufferOptions,
): Pick<Ground, 'storage' | 'outboxLog' | 'learnedLog' | 'capacity'> {
  const capacity = options.capacityBytes ?? DEFAULT_BUFFER_BYTES;
  if (!Number.isSafeInteger(capacity) || capacity < 0) {
    throw fieldInvalid('buffer.capacityBytes', `is ${capacity}: it must be a whole number, >= 0`);
  }
  if (options.kind === 'memory')
    return { capacity, storage: new MemoryStorage(), outboxLog: new NoLog(), learnedLog: new NoLog() };
  if (options.path === '') throw fieldInvalid('buffer.path', 'is empty');
  const folder = new DeviceFolder(options.path);
  const sync = options.surviving !== 'process';
  return {
    capacity,
    storage: new DiskStorage(folder, sync),
    outboxLog: new DeviceJournal(folder, 'outbox.journal', sync),
    // Nothing is promised of it: what a loss of power takes is a little less to go by.
    learnedLog: new DeviceJournal(folder, 'learned.journal', false),
  };
}
