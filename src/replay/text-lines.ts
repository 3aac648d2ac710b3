import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { pipeline } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { ForesyncError } from '../domain/errors.js';
import { traceInvalid } from './trace-invalid.js';

/** A line without its line feed; a carriage return before it stays. `line` counts from 1. */
export interface TextLine {
  readonly line: number;
  readonly text: string;
}

/** Longest line, in UTF-16 units: a longer one is a file of another kind, and would fill the memory. */
export const MAX_LINE = 1 << 20;

/**
 * The lines of a UTF-8 file, streamed; gzip is recognised by its first bytes. `strict` refuses bytes that are not
 * UTF-8, `lenient` reads them as U+FFFD. A final line feed makes no empty line. Throws TRACE_INVALID with file and line.
 */
export async function* readLines(
  file: string,
  encoding: 'strict' | 'lenient' = 'strict',
): AsyncGenerator<TextLine> {
  let line = 0;
  let rest = '';
  try {
    for await (const text of decoded(await byteStream(file), encoding)) {
      const parts = (rest + text).split('\n');
      rest = parts.pop() ?? '';
      for (const part of parts) yield { line: ++line, text: part };
      if (rest.length > MAX_LINE) throw traceInvalid({ file, line: line + 1 }, tooLong);
    }
  } catch (error) {
    throw error instanceof ForesyncError
      ? error
      : traceInvalid({ file, line }, unreadable(error), undefined, error);
  }
  if (rest !== '') yield { line: line + 1, text: rest };
}

const tooLong = `the line is longer than ${MAX_LINE} characters`;

async function byteStream(file: string): Promise<AsyncIterable<Uint8Array>> {
  const isZipped = await isGzip(file);
  const raw = createReadStream(file, { highWaterMark: 1 << 18 });
  if (!isZipped) return raw;
  // Whoever iterates the last stream sees the error of any; the callback would be its second reader.
  return pipeline(raw, createGunzip(), () => undefined);
}

async function isGzip(file: string): Promise<boolean> {
  const handle = await open(file, 'r');
  try {
    const { bytesRead, buffer } = await handle.read(Buffer.alloc(2), 0, 2, 0);
    return bytesRead === 2 && buffer[0] === 0x1f && buffer[1] === 0x8b;
  } finally {
    await handle.close();
  }
}

async function* decoded(
  bytes: AsyncIterable<Uint8Array>,
  encoding: 'strict' | 'lenient',
): AsyncGenerator<string> {
  const decoder = new TextDecoder('utf-8', { fatal: encoding === 'strict' });
  for await (const chunk of bytes) yield decoder.decode(chunk, { stream: true });
  yield decoder.decode();
}

/** Names the last good line: the bad bytes come after it. */
function unreadable(error: unknown): string {
  const why = error instanceof Error ? error.message : String(error);
  return `cannot be read on from here: ${why}`;
}
