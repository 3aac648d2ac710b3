import { fieldInvalid, ForesyncClientError } from './errors.js';
import { DEFAULT_BUFFER_BYTES } from './lru-index.js';

export type BrowserBuffer = IndexedDbBuffer | MemoryBuffer;

/** Contents, and activities that were not sent yet, survive the page. All tabs of the origin share it, and one stream. */
export interface IndexedDbBuffer {
  readonly kind: 'indexeddb';
  /** Names the device's database: one a user and device. Default `foresync`. */
  readonly name?: string | undefined;
  /** Bytes of content; beyond them the least recently used goes. Default 64 MiB, and at most half of what the browser grants. */
  readonly capacityBytes?: number | undefined;
}

/** Everything is gone with the page. A second tab of the same device would take its session over. */
export interface MemoryBuffer {
  readonly kind: 'memory';
  readonly capacityBytes?: number | undefined;
}

const QUOTA_SHARE = 0.5;

/** Bytes that the buffer may take. Throws FIELD_INVALID. */
export async function capacityOf({
  kind,
  capacityBytes = DEFAULT_BUFFER_BYTES,
}: BrowserBuffer): Promise<number> {
  if (!Number.isSafeInteger(capacityBytes) || capacityBytes < 0)
    throw fieldInvalid('buffer.capacityBytes', `is ${capacityBytes}: it must be a whole number, >= 0`);
  if (kind === 'memory') return capacityBytes;
  const { quota } = await navigator.storage.estimate();
  return quota === undefined ? capacityBytes : Math.min(capacityBytes, Math.floor(quota * QUOTA_SHARE));
}

/** Throws FIELD_INVALID where tabs could not agree on who has the buffer. */
export function refuseInsecure(): void {
  if ('locks' in navigator && typeof BroadcastChannel !== 'undefined' && typeof indexedDB !== 'undefined')
    return;
  throw fieldInvalid(
    'buffer',
    "of kind 'indexeddb' needs Web Locks, which browsers have on https and localhost alone: use { kind: 'memory' }",
  );
}

/** Deletes what a buffer keeps, when its user signs out for example. Rejects with BUFFER_IN_USE while a tab is connected. */
export async function deleteBuffer(name = DEFAULT_NAME): Promise<void> {
  refuseInsecure();
  await navigator.locks.request(lockOf(name), { ifAvailable: true }, async (lock) => {
    if (lock === null)
      throw new ForesyncClientError('BUFFER_IN_USE', `${name} is used by a tab`, { field: 'buffer.name' });
    await new Promise<void>((resolve, reject) => {
      const deleting = indexedDB.deleteDatabase(name);
      deleting.onsuccess = () => resolve();
      deleting.onerror = () => reject(ForesyncClientError.from(deleting.error));
    });
  });
}

export const DEFAULT_NAME = 'foresync';

/** Of the lock that the tab holds which has stream and buffer, and of the channel between tabs. */
export const lockOf = (name: string): string => `foresync device ${name}`;
