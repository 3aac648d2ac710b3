import { createCipheriv, createHash } from 'node:crypto';
import type { ItemId } from '../../domain/ids.js';
import type { Trace } from '../trace-types.js';

/** A content as it is now. */
export interface LiveContent {
  readonly bytes: Uint8Array;
  /** SHA-256, hex. */
  readonly dataHash: string;
}

/** The bytes of an item's content in a revision, exactly so many, the same for the same arguments. */
export type MakeContent = (item: ItemId, revision: number, bytes: number) => Uint8Array;

const NO_COUNTER = Buffer.alloc(16);

/**
 * The contents of a replay with real bytes: as large as the trace says, never the same twice, generated from item and
 * revision so that nothing has to be kept but a number and a hash an item.
 */
export class LiveContents {
  readonly #trace: Trace;
  readonly #make: MakeContent;
  readonly #hashes = new Map<ItemId, string>();
  #revision = 0;

  constructor(trace: Trace, make: MakeContent = noise) {
    this.#trace = trace;
    this.#make = make;
  }

  exists(item: ItemId): boolean {
    return this.#hashes.has(item);
  }

  /** Hash of the item's content now; it must exist. */
  hashOf(item: ItemId): string {
    const hash = this.#hashes.get(item);
    if (hash === undefined) throw new RangeError(`item ${item} does not exist yet`);
    return hash;
  }

  /** The item's next content, which is the current one from now on. */
  next(item: ItemId): LiveContent {
    this.#revision += 1;
    const bytes = this.#make(item, this.#revision, this.#trace.sizeOf(item));
    const dataHash = createHash('sha256').update(bytes).digest('hex');
    this.#hashes.set(item, dataHash);
    return { bytes, dataHash };
  }
}

const noise: MakeContent = (item, revision, bytes) => {
  const key = createHash('sha256').update(`${revision} ${item}`).digest().subarray(0, 16);
  return createCipheriv('aes-128-ctr', key, NO_COUNTER).update(Buffer.alloc(bytes));
};
