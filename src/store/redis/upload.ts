import type { Keys } from './keys.js';
import { DISCARD, STAGE } from './lua/blob.js';
import { FIELDS } from './lua/user.js';
import { bytesOf, listOf } from './replies.js';
import type { Router } from './router.js';
import { unavailable } from '../failures.js';

/** Bytes of one stored chunk; only the last one of a content is shorter. */
export const CHUNK_BYTES = 256 * 1024;
/** An upload holds this much in memory, and one piece more, before it writes. */
const STAGE_BYTES = 1024 * 1024;
/** How long chunks live that nobody adds to, ms. */
const ABANDONED_MS = 60 * 60 * 1000;

export interface UploadParts {
  readonly router: Router;
  readonly keys: Keys;
  readonly id: string;
  readonly partition: number;
}

/**
 * A content on its way in, in whole chunks under a key that no reader knows; less than 1 MiB never leaves memory before it
 * is published. What a crash leaves behind goes by itself.
 */
export class Upload {
  readonly #parts: UploadParts;
  #partition: number;
  #waiting: Uint8Array[] = [];
  #waitingBytes = 0;
  #staged = 0;

  constructor(parts: UploadParts) {
    this.#parts = parts;
    this.#partition = parts.partition;
  }

  get id(): string {
    return this.#parts.id;
  }

  /** Chunks that are stored. */
  get staged(): number {
    return this.#staged;
  }

  async add(piece: Uint8Array): Promise<void> {
    this.#waiting.push(new Uint8Array(piece));
    this.#waitingBytes += piece.length;
    if (this.#waitingBytes >= STAGE_BYTES) await this.#stage(false);
  }

  /** Brings what is stored to the partition of the content's hash; then everything is stored, or nothing. */
  async moveTo(partition: number): Promise<void> {
    if (this.#staged === 0) {
      this.#partition = partition;
      return;
    }
    await this.#stage(true);
    if (partition === this.#partition) return;
    const [from, count] = [this.#partition, this.#staged];
    for (let index = 0; index < count; index++) {
      const chunk = await this.#read(from, index);
      this.#partition = partition;
      await this.#write(index, [chunk]);
    }
    await this.#remove(from);
  }

  /** The chunks of a content of which nothing is stored yet. */
  rest(): readonly Uint8Array[] {
    return this.#staged === 0 ? chunksOf(Buffer.concat(this.#waiting)) : [];
  }

  async discard(): Promise<void> {
    if (this.#staged > 0) await this.#remove(this.#partition);
  }

  async #stage(all: boolean): Promise<void> {
    const bytes = Buffer.concat(this.#waiting);
    const end = all ? bytes.length : bytes.length - (bytes.length % CHUNK_BYTES);
    const chunks = chunksOf(bytes.subarray(0, end));
    if (chunks.length > 0) await this.#write(this.#staged, chunks);
    this.#staged += chunks.length;
    this.#waiting = [bytes.subarray(end)];
    this.#waitingBytes = bytes.length - end;
  }

  async #write(first: number, chunks: readonly Uint8Array[]): Promise<void> {
    const args = [ABANDONED_MS, first, ...chunks];
    await this.#parts.router.runFree({ script: STAGE, keys: [this.#key(this.#partition)], args });
  }

  async #read(partition: number, index: number): Promise<Uint8Array> {
    const call = { script: FIELDS, keys: [this.#key(partition)] as const, args: [index] };
    const [chunk = null] = listOf((await this.#parts.router.runFree(call)).reply);
    if (chunk === null) throw unavailable('the upload was lost: put it again');
    return bytesOf(chunk);
  }

  async #remove(partition: number): Promise<void> {
    await this.#parts.router.runFree({ script: DISCARD, keys: [this.#key(partition)], args: [] });
  }

  #key(partition: number): string {
    return this.#parts.keys.blobs(partition).upload(this.#parts.id);
  }
}

function chunksOf(bytes: Buffer): readonly Uint8Array[] {
  const count = Math.ceil(bytes.length / CHUNK_BYTES);
  return Array.from({ length: count }, (_, index) =>
    bytes.subarray(index * CHUNK_BYTES, (index + 1) * CHUNK_BYTES),
  );
}
