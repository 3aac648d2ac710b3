import type { DBSchema, IDBPDatabase } from 'idb';
import { openDB } from 'idb';
import { ForesyncClientError } from './errors.js';

/** The database of one device: contents by their hash, and histories of records in the order of their keys. */
export interface DeviceSchema extends DBSchema {
  contents: { key: string; value: Uint8Array };
  records: { key: number; value: Uint8Array };
  outbox: { key: number; value: Uint8Array };
  learned: { key: number; value: Uint8Array };
}

export type DeviceDatabase = IDBPDatabase<DeviceSchema>;

/** Opens the database; it is closed when another page deletes it. Throws STORAGE_FAILED, where the user forbids storing for example. */
export async function openDatabase(name: string): Promise<DeviceDatabase> {
  try {
    return await openDB<DeviceSchema>(name, 2, {
      upgrade: (database, before) => {
        if (before < 1) {
          database.createObjectStore('contents');
          database.createObjectStore('records', { autoIncrement: true });
          database.createObjectStore('outbox', { autoIncrement: true });
        }
        database.createObjectStore('learned', { autoIncrement: true });
      },
      blocking: (_current, _blocked, { target }) => {
        // Who deletes it would wait for ever.
        if (target instanceof IDBDatabase) target.close();
      },
    });
  } catch (cause) {
    const message = cause instanceof Error ? cause.message : String(cause);
    throw new ForesyncClientError('STORAGE_FAILED', `the browser keeps no database ${name}: ${message}`, {
      cause,
    });
  }
}

/** Whether the browser has no room for more. */
export function isFull(thrown: unknown): boolean {
  return thrown instanceof DOMException && thrown.name === 'QuotaExceededError';
}
