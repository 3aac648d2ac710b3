import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { basename, join } from 'node:path';
import { tableFile } from './trace-files.js';
import { traceInvalid } from './trace-invalid.js';

/** SHA-256 over the files of a trace folder, hex: equal for equal traces. Throws TRACE_INVALID if it cannot be read. */
export async function traceSha256(folder: string): Promise<string> {
  const tables = await Promise.all(TABLES.map((table) => tableFile(folder, table)));
  const files = [join(folder, 'meta.json'), ...tables.filter((file) => file !== null)];
  const whole = createHash('sha256');
  for (const file of files) whole.update(`${basename(file)} ${await sha256Of(file)}\n`);
  return whole.digest('hex');
}

const TABLES = ['events.csv', 'relations.csv', 'items.csv'];

async function sha256Of(file: string): Promise<string> {
  const hash = createHash('sha256');
  try {
    // A stream of bytes as long as it has no encoding.
    for await (const chunk of createReadStream(file)) hash.update(chunk as Uint8Array);
  } catch (error) {
    throw traceInvalid({ file, line: 0 }, 'cannot be read', undefined, error);
  }
  return hash.digest('hex');
}
