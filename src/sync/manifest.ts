import type { Sha256 } from '@foresync/protocol/digest';
import { addTerm, digestBytes, manifestTerm, removeTerm } from '@foresync/protocol/digest';
import type { DataHash, ItemId, SpaceId } from '../domain/ids.js';

/**
 * The digest of what a device holds in one space, kept up to date as contents come and go: one hash a change, and
 * nothing is kept of the contents themselves. The order of changes does not matter.
 */
export class ManifestDigest {
  readonly #sha256: Sha256;
  readonly #space: SpaceId;
  #digest = 0n;
  #count = 0;

  constructor(sha256: Sha256, space: SpaceId) {
    this.#sha256 = sha256;
    this.#space = space;
  }

  /** Contents added and not removed. */
  get count(): number {
    return this.#count;
  }

  /** An item that was not held is held. */
  add(item: ItemId, hash: DataHash): void {
    this.#digest = addTerm(this.#digest, this.#term(item, hash));
    this.#count++;
  }

  /** An item that was held with this hash, and so added, no longer is. */
  remove(item: ItemId, hash: DataHash): void {
    this.#digest = removeTerm(this.#digest, this.#term(item, hash));
    this.#count--;
  }

  /** Whether a device that announces this digest (32 bytes) and count holds exactly what was added here. */
  equals(announced: { readonly digest: Uint8Array; readonly count: number }): boolean {
    const own = this.bytes();
    return (
      announced.count === this.#count &&
      announced.digest.length === own.length &&
      own.every((byte, index) => byte === announced.digest[index])
    );
  }

  /** As the wire carries it: 32 bytes, big-endian. */
  bytes(): Uint8Array {
    return digestBytes(this.#digest);
  }

  #term(item: ItemId, hash: DataHash): bigint {
    return manifestTerm(this.#sha256, this.#space, item, hashBytes(hash));
  }
}

function hashBytes(hash: DataHash): Uint8Array {
  const bytes = new Uint8Array(hash.length / 2);
  for (let index = 0; index < bytes.length; index++) {
    bytes[index] = (nibble(hash.charCodeAt(index * 2)) << 4) | nibble(hash.charCodeAt(index * 2 + 1));
  }
  return bytes;
}

/** A lower-case hex digit's value, from its character code. */
const nibble = (code: number): number => (code <= 57 ? code - 48 : code - 87);
