import type { Sha256 } from '@foresync/protocol/digest';
import { addTerm, digestBytes, manifestTerm, removeTerm } from '@foresync/protocol/digest';
import type { BufferRecord } from './buffer-record.js';
import type { Checkpoint } from './checkpoint.js';
import { fromHex } from './hex.js';
import { itemKey } from './ids.js';
import type { LruEntry } from './lru-index.js';
import { LruIndex } from './lru-index.js';

/** One content that the device holds. */
export interface Holding {
  readonly checkpoint: Checkpoint;
  /** Whether it is known that another content is current. */
  readonly stale: boolean;
  /** When it was last known to be current, ms since the epoch. */
  readonly currentMs: number;
}

/** The manifest of one space, as the wire carries its digest. */
export interface SpaceDigest {
  readonly digest: Uint8Array;
  readonly count: number;
}

/**
 * What a device holds, in memory: a pure fold over its history. Keeps the digest of each space's manifest with one hash
 * a change. Parts of an item count as used when it is, so that it is never evicted after one of its parts.
 */
export class Holdings {
  resumeToken: Uint8Array = new Uint8Array(0);
  queryKey: Uint8Array | undefined;
  readonly #sha256: Sha256;
  readonly #lru: LruIndex;
  readonly #holdings = new Map<string, Holding>();
  readonly #spaces = new Map<string, { digest: bigint; count: number }>();

  constructor(sha256: Sha256, capacity: number) {
    this.#sha256 = sha256;
    this.#lru = new LruIndex(capacity);
  }

  /** Folds one step; answers what had to go for it, which the caller records as dropped. */
  apply(record: BufferRecord): readonly Checkpoint[] {
    switch (record.kind) {
      case 'put':
        return this.#put(record.checkpoint, record.atMs);
      case 'confirm':
        this.#replace(record.checkpoint, { stale: false, currentMs: record.atMs });
        return [];
      case 'stale':
        this.#markStale(record.space, record.item, record.atMs);
        return [];
      case 'touch':
        this.#touch(itemKey(record.space, record.item));
        return [];
      case 'drop':
        this.#drop(itemKey(record.space, record.item));
        return [];
      case 'renew':
        this.#forgetVersions(record.space);
        return [];
      case 'token':
        this.resumeToken = record.token;
        return [];
      case 'key':
        this.queryKey = record.key;
        return [];
    }
  }

  get(space: string, item: string): Holding | undefined {
    return this.#holdings.get(itemKey(space, item));
  }

  /** Of one space, or of all; from the least to the most recently used. */
  *list(space?: string): Generator<Holding> {
    for (const { key } of this.#lru) {
      const holding = this.#holdings.get(key);
      if (holding === undefined) continue;
      if (space === undefined || holding.checkpoint.space === space) yield holding;
    }
  }

  digest(space: string): SpaceDigest {
    const { digest, count } = this.#spaces.get(space) ?? { digest: 0n, count: 0 };
    return { digest: digestBytes(digest), count };
  }

  get count(): number {
    return this.#lru.size;
  }

  /** Bytes of the contents held, at most the capacity. */
  get bytes(): number {
    return this.#lru.totalBytes;
  }

  get capacity(): number {
    return this.#lru.capacity;
  }

  #put(checkpoint: Checkpoint, atMs: number): readonly Checkpoint[] {
    const key = itemKey(checkpoint.space, checkpoint.item);
    // Used before, so that room is not made at the cost of its own parts; and after, so that they outlive it.
    this.#touchParts(checkpoint);
    const replaced = this.#holdings.get(key);
    const dropped = this.#lru
      .put(key, checkpoint.dataHash, checkpoint.sizeBytes)
      .flatMap((entry) => this.#forget(entry));
    if (this.#lru.get(key) === undefined) return [...dropped, checkpoint];
    if (replaced !== undefined) this.#count(replaced.checkpoint, removeTerm, -1);
    this.#count(checkpoint, addTerm, 1);
    this.#holdings.set(key, { checkpoint, stale: false, currentMs: atMs });
    this.#touchParts(checkpoint);
    return dropped;
  }

  #touch(key: string): void {
    const holding = this.#holdings.get(key);
    if (holding === undefined) return;
    this.#lru.touch(key);
    this.#touchParts(holding.checkpoint);
  }

  /** Parts, and their parts: each once, whatever circles they form. */
  #touchParts(whole: Checkpoint): void {
    const seen = new Set([itemKey(whole.space, whole.item)]);
    for (let level = [whole]; level.length > 0; ) {
      const keys = level.flatMap(partKeys).filter((key) => !seen.has(key));
      level = [];
      for (const key of keys) {
        const holding = this.#holdings.get(key);
        if (holding === undefined || seen.has(key)) continue;
        seen.add(key);
        this.#lru.touch(key);
        level.push(holding.checkpoint);
      }
    }
  }

  #markStale(space: string, item: string, atMs: number): void {
    const key = itemKey(space, item);
    const holding = this.#holdings.get(key);
    if (holding !== undefined && !holding.stale) {
      this.#holdings.set(key, { ...holding, stale: true, currentMs: atMs });
    }
  }

  #replace(checkpoint: Checkpoint, state: { stale: boolean; currentMs: number }): void {
    const key = itemKey(checkpoint.space, checkpoint.item);
    const holding = this.#holdings.get(key);
    if (holding?.checkpoint.dataHash === checkpoint.dataHash)
      this.#holdings.set(key, { checkpoint, ...state });
  }

  #forgetVersions(space: string): void {
    for (const [key, holding] of this.#holdings) {
      if (holding.checkpoint.space !== space) continue;
      this.#holdings.set(key, { ...holding, checkpoint: { ...holding.checkpoint, version: 0 } });
    }
  }

  #drop(key: string): void {
    const entry = this.#lru.delete(key);
    if (entry !== undefined) this.#forget(entry);
  }

  /** After the index let an entry go. */
  #forget({ key }: LruEntry): readonly Checkpoint[] {
    const holding = this.#holdings.get(key);
    if (holding === undefined) return [];
    this.#holdings.delete(key);
    this.#count(holding.checkpoint, removeTerm, -1);
    return [holding.checkpoint];
  }

  #count({ space, item, dataHash }: Checkpoint, change: typeof addTerm, by: 1 | -1): void {
    const before = this.#spaces.get(space) ?? { digest: 0n, count: 0 };
    const term = manifestTerm(this.#sha256, space, item, fromHex(dataHash));
    const count = before.count + by;
    if (count === 0) this.#spaces.delete(space);
    else this.#spaces.set(space, { digest: change(before.digest, term), count });
  }
}

function partKeys({ space, edges }: Checkpoint): string[] {
  return edges.filter(({ kind }) => kind === 'part').map(({ item }) => itemKey(space, item));
}
