import { createHash } from 'node:crypto';
import { ForesyncError } from '../domain/errors.js';
import { dataHash } from '../domain/ids.js';
import type { DataHash } from '../domain/ids.js';

/** A content as it streams by: counted and hashed. Throws HASH_MISMATCH as soon as it cannot be what was announced. */
export class CheckedContent {
  readonly #sizeBytes: number;
  readonly #expected: DataHash | null;
  readonly #sha256 = createHash('sha256');
  #seen = 0;

  constructor(sizeBytes: number, expected: DataHash | null) {
    this.#sizeBytes = sizeBytes;
    this.#expected = expected;
  }

  add(piece: Uint8Array): void {
    this.#seen += piece.length;
    if (this.#seen > this.#sizeBytes) throw this.#wrongSize(`more than ${this.#sizeBytes}`);
    this.#sha256.update(piece);
  }

  /** The hash of the whole content. */
  finish(): DataHash {
    if (this.#seen !== this.#sizeBytes) throw this.#wrongSize(`${this.#seen}`);
    const hash = dataHash(this.#sha256.digest('hex'));
    if (this.#expected === null || this.#expected === hash) return hash;
    throw new ForesyncError(
      'HASH_MISMATCH',
      `the content has the hash ${hash}, announced was ${this.#expected}`,
      {
        field: 'data_hash',
        facts: { expected: this.#expected, actual: hash },
      },
    );
  }

  #wrongSize(actual: string): ForesyncError {
    const text = `the content has ${actual} bytes, announced were ${this.#sizeBytes}`;
    return new ForesyncError('HASH_MISMATCH', text, {
      field: 'size_bytes',
      facts: { expected: `${this.#sizeBytes}`, actual },
    });
  }
}
