import { randomBytes } from 'node:crypto';
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { ForesyncError } from './domain/errors.js';
import type { Store } from './domain/store-port.js';
import { openStore } from './store/open.js';

/** Whether a folder holds a store (`store.url` is lmdb: and the folder). */
export async function holdsStore(folder: string): Promise<boolean> {
  return (await stat(join(folder, 'data.mdb')).catch(() => null))?.isFile() ?? false;
}

/**
 * Reads the spaces of a store whose server does not run, and closes it. Throws FIELD_INVALID if the folder holds none (it
 * would be made), STORE_UNAVAILABLE while a server has it open, and what `work` throws.
 */
export async function withStoredSpaces<T>(
  folder: string,
  work: (store: Pick<Store, 'spaces' | 'users'>) => Promise<T>,
): Promise<T> {
  if (!(await holdsStore(folder)))
    throw new ForesyncError('FIELD_INVALID', `${folder} holds no store (no data.mdb)`, { field: 'store' });
  const store = await openStore({ url: `lmdb:${folder}` }, { clock: { now: () => Date.now() }, randomBytes });
  try {
    return await work(store);
  } finally {
    await store.close();
  }
}
