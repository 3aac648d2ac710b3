import type { DataHash } from '../../domain/ids.js';
import type { BlobStore, ChangeRequest } from '../../domain/store-port.js';
import { CheckedContent } from '../checked-content.js';
import { blobComplaint } from '../blob-complaint.js';
import type { Gate } from './gate.js';

/** Blobs removed at most by one write. */
const SWEEP_BLOBS = 64;

interface Blob {
  readonly bytes: Uint8Array;
  /** Heads that name it. */
  references: number;
}

export interface MemoryBlobsParts {
  readonly gate: Gate;
  readonly graceMs: number;
  readonly now: () => number;
}

/** Blobs in memory, each one whole. */
export class MemoryBlobs implements BlobStore {
  readonly #parts: MemoryBlobsParts;
  readonly #blobs = new Map<DataHash, Blob>();
  /** Blobs that nothing refers to, with the time since when: the longest first. */
  readonly #unreferenced = new Map<DataHash, number>();

  constructor(parts: MemoryBlobsParts) {
    this.#parts = parts;
  }

  has(hash: DataHash): Promise<boolean> {
    return this.#parts.gate.run(() => this.#visible(hash) !== undefined);
  }

  async put(
    content: AsyncIterable<Uint8Array>,
    sizeBytes: number,
    expected: DataHash | null,
  ): Promise<DataHash> {
    this.#parts.gate.assertOpen();
    const checked = new CheckedContent(sizeBytes, expected);
    const pieces: Uint8Array[] = [];
    for await (const piece of content) {
      checked.add(piece);
      pieces.push(new Uint8Array(piece));
    }
    const hash = checked.finish();
    return this.#parts.gate.run(() => {
      this.#sweep();
      this.#keep(hash, pieces);
      return hash;
    });
  }

  read(hash: DataHash, offset: number, length: number): Promise<Uint8Array | null> {
    return this.#parts.gate.run(() => this.#visible(hash)?.bytes.slice(offset, offset + length) ?? null);
  }

  remove(hash: DataHash): Promise<void> {
    return this.#parts.gate.run(() => {
      if (this.#unreferenced.has(hash)) this.#forget(hash);
    });
  }

  /** A head stops naming `previous` and names the content of the request instead. Throws FIELD_INVALID if that is not there. */
  refer({ dataHash, sizeBytes }: ChangeRequest, previous: DataHash | null): void {
    if (dataHash !== null) {
      const complaint = blobComplaint(this.#visible(dataHash)?.bytes.length, sizeBytes);
      if (complaint !== undefined) throw complaint;
    }
    if (dataHash === previous) return;
    if (dataHash !== null) this.#count(dataHash, 1);
    if (previous !== null) this.#count(previous, -1);
    this.#sweep();
  }

  #keep(hash: DataHash, pieces: readonly Uint8Array[]): void {
    const blob = this.#blobs.get(hash) ?? { bytes: new Uint8Array(Buffer.concat(pieces)), references: 0 };
    this.#blobs.set(hash, blob);
    this.#date(hash, blob);
  }

  #count(hash: DataHash, by: 1 | -1): void {
    const blob = this.#blobs.get(hash);
    if (blob === undefined) return;
    blob.references += by;
    this.#date(hash, blob);
  }

  /** An unreferenced blob's grace begins now (again). */
  #date(hash: DataHash, blob: Blob): void {
    this.#unreferenced.delete(hash);
    if (blob.references === 0) this.#unreferenced.set(hash, this.#parts.now());
  }

  #visible(hash: DataHash): Blob | undefined {
    const since = this.#unreferenced.get(hash);
    return since === undefined || !this.#isOver(since) ? this.#blobs.get(hash) : undefined;
  }

  #isOver(since: number): boolean {
    return this.#parts.now() - since > this.#parts.graceMs;
  }

  #sweep(): void {
    let left = SWEEP_BLOBS;
    for (const [hash, since] of this.#unreferenced) {
      if (left-- === 0 || !this.#isOver(since)) return;
      this.#forget(hash);
    }
  }

  #forget(hash: DataHash): void {
    this.#unreferenced.delete(hash);
    this.#blobs.delete(hash);
  }
}
