import type { DataHash } from '../../domain/ids.js';
import type { BlobStore } from '../../domain/store-port.js';
import { CheckedContent } from '../checked-content.js';
import { corrupt, unavailable } from '../failures.js';
import type { Claims } from './claims.js';
import type { Keys } from './keys.js';
import { PUBLISH, READ_BLOB } from './lua/blob.js';
import { bytesOf, listOf, textOf, wholeOf } from './replies.js';
import type { Router } from './router.js';
import type { Sweeper } from './sweeper.js';
import type { Word } from './script.js';
import { CHUNK_BYTES, Upload } from './upload.js';

export interface RedisBlobsParts {
  readonly router: Router;
  readonly keys: Keys;
  readonly claims: Claims;
  readonly sweeper: Pick<Sweeper, 'sweep' | 'remove'>;
  readonly graceMs: number;
  readonly now: () => number;
  readonly newToken: () => string;
}

/** Chunks that one read asks for at a time. */
const READ_CHUNKS = 8;

/** Contents in chunks; all of one in one slot. Neither writing nor reading holds a whole large content in memory. */
export class RedisBlobs implements BlobStore {
  readonly #parts: RedisBlobsParts;

  constructor(parts: RedisBlobsParts) {
    this.#parts = parts;
  }

  async has(hash: DataHash): Promise<boolean> {
    return (await this.#parts.claims.look(hash)) !== null;
  }

  async put(
    content: AsyncIterable<Uint8Array>,
    sizeBytes: number,
    expected: DataHash | null,
  ): Promise<DataHash> {
    const { router, keys, newToken, sweeper } = this.#parts;
    const checked = new CheckedContent(sizeBytes, expected);
    if (expected !== null && (await this.has(expected))) return this.#confirm(content, checked, sizeBytes);
    if (router.isClosed()) throw unavailable('the store is closed');
    const upload = new Upload({
      router,
      keys,
      id: newToken(),
      partition: partitionFor(keys, expected, newToken()),
    });
    try {
      for await (const piece of content) {
        checked.add(piece);
        await upload.add(piece);
      }
      const hash = checked.finish();
      await upload.moveTo(keys.blob(hash).partition);
      await this.#publish(hash, sizeBytes, upload.id, upload.staged, upload.rest());
      await sweeper.sweep(keys.blob(hash).partition);
      return hash;
    } catch (thrown) {
      // What went wrong first is what the caller has to know; what cannot be removed now goes by itself.
      await upload.discard().catch(() => undefined);
      throw thrown;
    }
  }

  async read(hash: DataHash, offset: number, length: number): Promise<Uint8Array | null> {
    const parts: Uint8Array[] = [];
    let end = offset + length;
    let at = offset;
    do {
      const first = Math.floor(at / CHUNK_BYTES);
      const last = Math.min(first + READ_CHUNKS - 1, Math.floor(Math.max(at, end - 1) / CHUNK_BYTES));
      const found = await this.#chunks(hash, first, last);
      if (found === null) return null;
      end = Math.min(end, found.sizeBytes);
      for (const chunk of found.chunks) {
        const from = at % CHUNK_BYTES;
        const part = chunk.subarray(from, from + Math.max(0, end - at));
        if (at < end && part.length === 0) throw corrupt('a content');
        parts.push(part);
        at += part.length;
      }
    } while (at < end);
    return new Uint8Array(Buffer.concat(parts));
  }

  async remove(hash: DataHash): Promise<void> {
    await this.#parts.sweeper.remove(hash);
  }

  /** A content that is there already is only checked, and its grace begins again. */
  async #confirm(
    content: AsyncIterable<Uint8Array>,
    checked: CheckedContent,
    sizeBytes: number,
  ): Promise<DataHash> {
    for await (const piece of content) checked.add(piece);
    const hash = checked.finish();
    await this.#publish(hash, sizeBytes, '', -1, []);
    return hash;
  }

  async #publish(
    hash: DataHash,
    sizeBytes: number,
    upload: string,
    staged: number,
    chunks: readonly Word[],
  ): Promise<void> {
    const { router, keys, now } = this.#parts;
    const of = keys.blob(hash);
    const { reply } = await router.run({
      script: PUBLISH,
      keys: [of.meta, of.chunks, of.claims, of.garbage, of.upload(upload)],
      args: [hash, sizeBytes, now(), staged, ...chunks],
    });
    if (textOf(reply) === 'gone') throw unavailable('the content was removed meanwhile: put it again');
  }

  async #chunks(
    hash: DataHash,
    first: number,
    last: number,
  ): Promise<{ readonly sizeBytes: number; readonly chunks: readonly Uint8Array[] } | null> {
    const { router, keys, now, graceMs } = this.#parts;
    const of = keys.blob(hash);
    const args = [now(), graceMs, first, last];
    const { reply } = await router.runFree({
      script: READ_BLOB,
      keys: [of.meta, of.claims, of.chunks],
      args,
    });
    if (reply === null) return null;
    const [size, ...chunks] = listOf(reply);
    return { sizeBytes: wholeOf(size), chunks: chunks.map(bytesOf) };
  }
}

/** Where a content begins to be stored: where it stays, or anywhere while its hash is not known. */
function partitionFor(keys: Keys, expected: DataHash | null, token: string): number {
  // A token has hexadecimal digits enough to choose a partition by.
  return keys.blob(expected ?? (token as DataHash)).partition;
}
