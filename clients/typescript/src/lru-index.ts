/** One entry of the index: what is held under a key, and how many bytes it takes. */
export interface LruEntry<Key = string, Hash = string> {
  readonly key: Key;
  readonly hash: Hash;
  readonly bytes: number;
}

/** Bytes that a device keeps unless it is told otherwise: 64 MiB. */
export const DEFAULT_BUFFER_BYTES = 64 * 1024 * 1024;

/**
 * Which contents a device keeps: least recently used by bytes. Pure and deterministic: the same calls in the same
 * order evict the same entries, so that a device and a replay of it agree.
 *
 * The sum of the entries' bytes never exceeds the capacity. Beyond it the least recently put or touched go first.
 */
export class LruIndex<Key = string, Hash = string> {
  readonly capacity: number;
  // A Map iterates in order of insertion: an entry that is used is taken out and put back at the end.
  readonly #entries = new Map<Key, LruEntry<Key, Hash>>();
  #bytes = 0;

  /** `capacity` in bytes, >= 0. */
  constructor(capacity: number = DEFAULT_BUFFER_BYTES) {
    this.capacity = checkedBytes('capacity', capacity);
  }

  /**
   * Keeps a content as the most recently used one, replacing what the key had. Answers what had to go for it, least
   * recent first: never the content that was just put, nor the one that it replaced. A content larger than the
   * whole capacity is not kept and moves nobody else out; the old one of its key goes and is answered.
   */
  put(key: Key, hash: Hash, bytes: number): readonly LruEntry<Key, Hash>[] {
    const fits = checkedBytes('bytes', bytes) <= this.capacity;
    const replaced = this.delete(key);
    if (!fits) return replaced === undefined ? [] : [replaced];
    const evicted = this.#evictDownTo(this.capacity - bytes);
    this.#entries.set(key, { key, hash, bytes });
    this.#bytes += bytes;
    return evicted;
  }

  /** The entry of a key, without using it. */
  get(key: Key): LruEntry<Key, Hash> | undefined {
    return this.#entries.get(key);
  }

  /** Makes an entry the most recently used one; false if there is none. */
  touch(key: Key): boolean {
    const entry = this.#entries.get(key);
    if (entry === undefined) return false;
    this.#entries.delete(key);
    this.#entries.set(key, entry);
    return true;
  }

  /** Takes an entry out and answers it. */
  delete(key: Key): LruEntry<Key, Hash> | undefined {
    const entry = this.#entries.get(key);
    if (entry === undefined) return undefined;
    this.#entries.delete(key);
    this.#bytes -= entry.bytes;
    return entry;
  }

  clear(): void {
    this.#entries.clear();
    this.#bytes = 0;
  }

  /** Sum of the entries' bytes, at most the capacity. */
  get totalBytes(): number {
    return this.#bytes;
  }

  /** Number of entries. */
  get size(): number {
    return this.#entries.size;
  }

  /** From the least to the most recently used. */
  [Symbol.iterator](): IterableIterator<LruEntry<Key, Hash>> {
    return this.#entries.values();
  }

  #evictDownTo(bytes: number): LruEntry<Key, Hash>[] {
    const evicted: LruEntry<Key, Hash>[] = [];
    for (const entry of this.#entries.values()) {
      if (this.#bytes <= bytes) break;
      this.delete(entry.key);
      evicted.push(entry);
    }
    return evicted;
  }
}

function checkedBytes(name: string, bytes: number): number {
  if (Number.isSafeInteger(bytes) && bytes >= 0) return bytes;
  throw new RangeError(`${name} is ${bytes}: it must be a whole number of bytes, >= 0`);
}
