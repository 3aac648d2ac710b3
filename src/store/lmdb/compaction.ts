import { mkdir, open, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { storeFailure } from './failures.js';
import { keys } from './keys.js';
import { type Database, openDatabase } from './records.js';

/** Where the copy is made, beside the data. */
const COPY = 'compacting';

/**
 * What LMDB removes stays in free pages of its file, and in gaps of the others, until they are used again (so does its own
 * compacting copy). So a directory in which somebody was forgotten gets a new file, written key by key, in the place of the old. Closes the database; whoever goes on opens it again.
 * What is cut off leaves the old file, or the new one. Throws STORE_UNAVAILABLE: the old file is there, and it is still due.
 */
export async function compact(database: Database, directory: string): Promise<void> {
  const copy = join(directory, COPY);
  try {
    await rm(copy, { recursive: true, force: true });
    await mkdir(copy, { mode: 0o700 });
    const copied = openDatabase(copy);
    for (let start: Uint8Array | null = FIRST; start !== null; ) {
      const from: Uint8Array = start;
      start = await copied.transaction(() => copySome(database, copied, from));
    }
    await copied.close();
    await database.close();
    await rename(join(copy, 'data.mdb'), join(directory, 'data.mdb'));
    await synced(directory);
    await rm(copy, { recursive: true, force: true });
  } catch (thrown) {
    throw storeFailure(thrown);
  }
}

/** Copies some entries from this key on, and answers where to go on; null = that was all. */
function copySome(from: Database, to: Database, start: Uint8Array): Uint8Array | null {
  let bytes = 0;
  for (const { key, value } of from.getRange({ start })) {
    if (bytes > BATCH_BYTES) return key;
    if (Buffer.compare(key, keys.residue()) !== 0) to.putSync(key, value);
    bytes += key.length + value.length;
  }
  return null;
}

/** Before every key. */
const FIRST = Uint8Array.of(0);
/** Of one transaction. */
const BATCH_BYTES = 8 * 1024 * 1024;

/** Whether somebody was forgotten since the file was made. */
export function isDue(database: Database): boolean {
  try {
    return database.get(keys.residue()) !== undefined;
  } catch (thrown) {
    throw storeFailure(thrown);
  }
}

async function synced(directory: string): Promise<void> {
  const handle = await open(directory, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
