import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { traceInvalid } from './trace-invalid.js';

/**
 * Path of a table of a trace folder, plain or with `.gz`; null if there is neither. Throws TRACE_INVALID if there are
 * both: then nobody knows which one counts.
 */
export async function tableFile(folder: string, table: string): Promise<string | null> {
  const plain = join(folder, table);
  const zipped = `${plain}.gz`;
  const [hasPlain, hasZipped] = await Promise.all([isFile(plain), isFile(zipped)]);
  if (hasPlain && hasZipped)
    throw traceInvalid({ file: plain, line: 0 }, `there is also ${table}.gz: remove one`);
  if (hasPlain) return plain;
  return hasZipped ? zipped : null;
}

/** Throws TRACE_INVALID unless the path is a folder. */
export async function assertFolder(folder: string): Promise<void> {
  const found = await stat(folder).catch(() => null);
  if (found === null) throw traceInvalid({ file: folder, line: 0 }, 'there is no such folder');
  if (!found.isDirectory())
    throw traceInvalid({ file: folder, line: 0 }, 'a trace is a folder, this is a file');
}

async function isFile(path: string): Promise<boolean> {
  return (await stat(path).catch(() => null))?.isFile() ?? false;
}
