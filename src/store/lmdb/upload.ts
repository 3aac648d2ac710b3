import type { DataHash } from '../../domain/ids.js';
import { addBlob, CHUNK_BYTES, findBlob, removeChunks, touchBlob } from './blob-records.js';
import type { Environment } from './environment.js';
import { unavailable } from '../failures.js';
import { keys, stagedNumber } from './keys.js';
import { readCounter, writeCounter } from './log-records.js';
import type { Writing } from './records.js';

/** An upload holds this much in memory, and one piece more, before it writes. */
const STAGE_BYTES = 1024 * 1024;
/** Abandoned uploads that are removed in one transaction. */
const CLEAN_AT_ONCE = 4;

/**
 * A content on its way in. Its chunks are written under a number that no blob has yet, so no reader sees them, and become
 * a blob in one step; a content of less than 1 MiB is written in that step alone.
 */
export class Upload {
  readonly #environment: Environment;
  #waiting: Uint8Array[] = [];
  #waitingBytes = 0;
  #staged: { readonly number: number; readonly chunks: number } | null = null;

  constructor(environment: Environment) {
    this.#environment = environment;
  }

  async add(piece: Uint8Array): Promise<void> {
    this.#waiting.push(new Uint8Array(piece));
    this.#waitingBytes += piece.length;
    if (this.#waitingBytes >= STAGE_BYTES) await this.#stage();
  }

  /** Makes what was added a blob, unless there is one of this hash; its grace begins. */
  async publish(hash: DataHash, sizeBytes: number, nowMs: number): Promise<void> {
    const rest = Buffer.concat(this.#waiting);
    await this.#environment.write((records) => {
      if (this.#staged !== null) unstage(records, this.#staged.number);
      const existing = findBlob(records, hash);
      if (existing !== null) {
        if (this.#staged !== null) removeChunks(records, this.#staged.number);
        touchBlob(records, hash, existing, nowMs);
        return;
      }
      const { number, chunks } = this.#staged ?? { number: nextNumber(records), chunks: 0 };
      putChunks(records, number, chunks, rest);
      addBlob(records, hash, { number, sizeBytes }, nowMs);
    }, rest.length);
    this.#staged = null;
  }

  /** Removes what was written of a content that does not become a blob. */
  async discard(): Promise<void> {
    const staged = this.#staged;
    if (staged !== null) await this.#environment.write((records) => removeStaged(records, staged.number));
    this.#staged = null;
  }

  /** Writes the whole chunks of what waits. */
  async #stage(): Promise<void> {
    const bytes = Buffer.concat(this.#waiting);
    const whole = bytes.subarray(0, bytes.length - (bytes.length % CHUNK_BYTES));
    const { number, chunks } = this.#staged ?? { number: null, chunks: 0 };
    const written = await this.#environment.write((records) => {
      const target = number ?? stage(records);
      return { number: target, chunks: chunks + putChunks(records, target, chunks, whole) };
    }, whole.length);
    this.#staged = written;
    this.#waiting = [bytes.subarray(whole.length)];
    this.#waitingBytes = bytes.length - whole.length;
  }
}

/** Removes what uploads left behind that a crash ended. */
export async function removeAbandonedUploads(environment: Environment): Promise<void> {
  for (let removed = CLEAN_AT_ONCE; removed === CLEAN_AT_ONCE; ) {
    removed = await environment.write((records) => {
      const abandoned = records.keys({ ...keys.allStaged(), limit: CLEAN_AT_ONCE });
      for (const key of abandoned) removeStaged(records, stagedNumber(key));
      return abandoned.length;
    });
  }
}

function stage(records: Writing): number {
  const number = nextNumber(records);
  records.put(keys.staged(number), new Uint8Array());
  return number;
}

/** Its chunks stay. Another process that opened the directory may have taken them for abandoned. */
function unstage(records: Writing, number: number): void {
  if (records.get(keys.staged(number)) === null) throw unavailable('the upload was lost: put it again');
  records.remove(keys.staged(number));
}

function removeStaged(records: Writing, number: number): void {
  removeChunks(records, number);
  records.remove(keys.staged(number));
}

function nextNumber(records: Writing): number {
  const number = readCounter(records, keys.blobNumbers()) + 1;
  writeCounter(records, keys.blobNumbers(), number);
  return number;
}

/** Answers how many chunks it took. */
function putChunks(records: Writing, number: number, first: number, bytes: Buffer): number {
  let index = first;
  for (let offset = 0; offset < bytes.length; offset += CHUNK_BYTES) {
    records.put(keys.chunk(number, index++), bytes.subarray(offset, offset + CHUNK_BYTES));
  }
  return index - first;
}
