import type { FileHandle } from 'node:fs/promises';
import { mkdir, open } from 'node:fs/promises';
import { join } from 'node:path';
import { ForesyncError } from '../../domain/errors.js';
import { unavailable } from '../failures.js';

const MAGIC = 0xbeefc0de;
/** Where a data file says what it is: behind the header of its first page, whose size depends on the format's version. */
const FORMATS = [
  { at: 24, version: 2 },
  { at: 16, version: 1 },
] as const;

/**
 * lmdb ends the process with a segmentation fault when it cannot open a directory. So what it would not open is found
 * here: no directory, no right to write, no database. Throws STORE_UNAVAILABLE or STORE_CORRUPT.
 */
export async function checkDirectory(directory: string): Promise<void> {
  await usable(() => mkdir(directory, { recursive: true }));
  await checkFile(join(directory, 'lock.mdb'), () => Promise.resolve());
  await checkFile(join(directory, 'data.mdb'), checkHeader);
}

async function checkFile(path: string, check: (file: FileHandle) => Promise<void>): Promise<void> {
  const file = await usable(() => open(path, 'a+'));
  try {
    await check(file);
  } finally {
    await file.close();
  }
}

/** An empty file becomes a new database. */
async function checkHeader(file: FileHandle): Promise<void> {
  const { size } = await file.stat();
  if (size === 0) return;
  const header = Buffer.alloc(64);
  await usable(() => file.read(header, 0, header.length, 0));
  const known = FORMATS.some(
    ({ at, version }) =>
      header.readUInt32LE(at) === MAGIC &&
      (header.readUInt32LE(at + 4) & 0xffff) === version &&
      holdsTwoPages(size, header.readUInt32LE(at + 24)),
  );
  if (!known) throw new ForesyncError('STORE_CORRUPT', 'data.mdb is no LMDB database, or a damaged one');
}

/** Each of the first two pages describes the whole. */
function holdsTwoPages(size: number, pageBytes: number): boolean {
  return pageBytes >= 256 && pageBytes <= 65_536 && size >= 2 * pageBytes;
}

async function usable<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw unavailable(`the directory of the store cannot be used: ${why}`, cause);
  }
}
