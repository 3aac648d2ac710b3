import type { FileHandle } from 'node:fs/promises';
import { open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { crc32 } from 'node:zlib';
import { ForesyncClientError } from './errors.js';
import { readIfThere, syncFolder } from './files.js';

const MAGIC = new TextEncoder().encode('FSJ1');
const FRAME = 8;
/** Longer records are not written, and a length beyond it is not believed. */
const MAX_RECORD = 16 * 1024 * 1024;

/**
 * A file of records that only grows, until it is replaced as a whole. A crash at any byte leaves a prefix of what was
 * appended: each record carries its length and a CRC-32 of length and bytes, and reading ends at the first that does not
 * hold. `append` and `replace` resolve when their records are safe; calls must not overlap.
 */
export class Journal {
  readonly #path: string;
  readonly #sync: boolean;
  #file: FileHandle | undefined;
  /** Something may lie beyond the end. */
  #torn = true;
  /** Bytes of the file that hold. What lies beyond is overwritten. */
  #end = 0;

  /** `sync`: safe from a loss of power; otherwise from the death of the process. */
  constructor(path: string, sync: boolean) {
    this.#path = path;
    this.#sync = sync;
  }

  /** Bytes that hold. */
  get size(): number {
    return this.#end;
  }

  /** The records that are there, none if there is no file. Called once, first. Throws BUFFER_BROKEN for a foreign file. */
  async load(): Promise<readonly Uint8Array[]> {
    const bytes = await readIfThere(this.#path);
    if (bytes === undefined || bytes.length < MAGIC.length) return [];
    if (!MAGIC.every((byte, index) => byte === bytes[index])) {
      throw new ForesyncClientError('BUFFER_BROKEN', `${this.#path} is not a journal of this version`);
    }
    const { records, end } = readRecords(bytes);
    this.#end = end;
    return records;
  }

  async append(records: readonly Uint8Array[]): Promise<void> {
    this.#file ??= await this.#openFile();
    // What lies behind the last good record would be read as a continuation of the next one.
    if (this.#torn) await this.#file.truncate(this.#end);
    this.#torn = true;
    const bytes = framed(records);
    await writeAt(this.#file, bytes, this.#end);
    if (this.#sync) await this.#file.datasync();
    this.#end += bytes.length;
    this.#torn = false;
  }

  /** Makes these the only records, or leaves all as it was. */
  async replace(records: readonly Uint8Array[]): Promise<void> {
    const path = `${this.#path}.new`;
    const bytes = framed(records);
    const file = await open(path, 'w+');
    try {
      await writeAt(file, MAGIC, 0);
      await writeAt(file, bytes, MAGIC.length);
      if (this.#sync) await file.datasync();
      await rename(path, this.#path);
    } catch (error) {
      await file.close();
      await rm(path, { force: true });
      throw error;
    }
    await this.#file?.close();
    this.#file = file;
    this.#end = MAGIC.length + bytes.length;
    this.#torn = false;
    if (this.#sync) await syncFolder(dirname(this.#path));
  }

  async close(): Promise<void> {
    await this.#file?.close();
    this.#file = undefined;
  }

  async #openFile(): Promise<FileHandle> {
    const file = await open(this.#path, this.#end === 0 ? 'w+' : 'r+');
    try {
      if (this.#end === 0) await writeAt(file, MAGIC, 0);
      this.#end = Math.max(this.#end, MAGIC.length);
      if (this.#sync) await syncFolder(dirname(this.#path));
      return file;
    } catch (error) {
      await file.close();
      throw error;
    }
  }
}

function readRecords(bytes: Uint8Array): { records: Uint8Array[]; end: number } {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const records: Uint8Array[] = [];
  let end = MAGIC.length;
  while (end + FRAME <= bytes.length) {
    const length = view.getUint32(end);
    const next = end + FRAME + length;
    // A file system may leave zeros at the end of a file: a record has at least one byte.
    if (length === 0 || length > MAX_RECORD || next > bytes.length) break;
    const record = bytes.subarray(end + FRAME, next);
    if (view.getUint32(end + 4) !== checksum(length, record)) break;
    records.push(record);
    end = next;
  }
  return { records, end };
}

function framed(records: readonly Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(records.reduce((sum, record) => sum + FRAME + record.length, 0));
  const view = new DataView(bytes.buffer);
  let at = 0;
  for (const record of records) {
    if (record.length === 0 || record.length > MAX_RECORD) {
      throw new ForesyncClientError('INTERNAL', `a journal record has ${record.length} bytes`);
    }
    view.setUint32(at, record.length);
    view.setUint32(at + 4, checksum(record.length, record));
    bytes.set(record, at + FRAME);
    at += FRAME + record.length;
  }
  return bytes;
}

function checksum(length: number, record: Uint8Array): number {
  return crc32(record, length);
}

async function writeAt(file: FileHandle, bytes: Uint8Array, position: number): Promise<void> {
  for (let at = 0; at < bytes.length; ) {
    const { bytesWritten } = await file.write(bytes, at, bytes.length - at, position + at);
    at += bytesWritten;
  }
}
