import type { DataHash } from '../../domain/ids.js';
import type { BlobStore } from '../../domain/store-port.js';
import { CheckedContent } from '../checked-content.js';
import type { BlobRecord, Grace } from './blob-records.js';
import { CHUNK_BYTES, findBlob, removeBlob, touchBlob, visibleBlob } from './blob-records.js';
import type { Environment } from './environment.js';
import { corrupt, unavailable } from '../failures.js';
import { keys } from './keys.js';
import type { Reading } from './records.js';
import { Upload } from './upload.js';

/** Blobs in chunks: neither writing nor reading holds a whole content in memory. */
export class LmdbBlobs implements BlobStore {
  readonly #environment: Environment;
  readonly #grace: () => Grace;

  constructor(environment: Environment, grace: () => Grace) {
    this.#environment = environment;
    this.#grace = grace;
  }

  has(hash: DataHash): Promise<boolean> {
    return this.#environment.read((records) => visibleBlob(records, hash, this.#grace()) !== null);
  }

  async put(
    content: AsyncIterable<Uint8Array>,
    sizeBytes: number,
    expected: DataHash | null,
  ): Promise<DataHash> {
    const checked = new CheckedContent(sizeBytes, expected);
    if (expected !== null && (await this.has(expected))) return this.#confirm(content, checked);
    this.#environment.assertOpen();
    const upload = new Upload(this.#environment);
    try {
      for await (const piece of content) {
        checked.add(piece);
        await upload.add(piece);
      }
      const hash = checked.finish();
      await upload.publish(hash, sizeBytes, this.#grace().nowMs);
      return hash;
    } catch (thrown) {
      // What went wrong first is what the caller has to know; what cannot be removed now is when the directory is opened.
      await upload.discard().catch(() => undefined);
      throw thrown;
    }
  }

  read(hash: DataHash, offset: number, length: number): Promise<Uint8Array | null> {
    return this.#environment.read((records) => {
      const blob = visibleBlob(records, hash, this.#grace());
      return blob === null
        ? null
        : readChunks(records, blob, offset, Math.min(offset + length, blob.sizeBytes));
    });
  }

  remove(hash: DataHash): Promise<void> {
    return this.#environment.write((records) => {
      const blob = findBlob(records, hash);
      if (blob?.references === 0) removeBlob(records, hash, blob);
    });
  }

  /** A content that is there already is only checked, and its grace begins again. */
  async #confirm(content: AsyncIterable<Uint8Array>, checked: CheckedContent): Promise<DataHash> {
    for await (const piece of content) checked.add(piece);
    const hash = checked.finish();
    await this.#environment.write((records) => {
      const blob = findBlob(records, hash);
      if (blob === null) throw unavailable('the content was removed meanwhile: put it again');
      touchBlob(records, hash, blob, this.#grace().nowMs);
    });
    return hash;
  }
}

/** Bytes of a content from `offset` on, before `end`. Throws STORE_CORRUPT. */
export function readChunks(
  records: Reading,
  { number }: BlobRecord,
  offset: number,
  end: number,
): Uint8Array {
  const bytes = new Uint8Array(Math.max(0, end - offset));
  for (let at = offset; at < end; ) {
    const index = Math.floor(at / CHUNK_BYTES);
    const from = at - index * CHUNK_BYTES;
    const part = records.get(keys.chunk(number, index))?.subarray(from, from + end - at);
    if (part === undefined || part.length === 0) throw corrupt('a content');
    bytes.set(part, at - offset);
    at += part.length;
  }
  return bytes;
}
