import type { BufferRecord } from './buffer-record.js';
import type { Checkpoint } from './checkpoint.js';
import { ForesyncClientError } from './errors.js';
import { toHex } from './hex.js';
import type { Holding, SpaceDigest } from './holdings.js';
import { Holdings } from './holdings.js';
import type { Hashing } from './sha256.js';
import type { BufferStorage } from './storage.js';

/** Hears what is held of an item from now on; undefined for nothing. */
export type OnHolding = (space: string, item: string, holding: Holding | undefined) => void;

export interface BufferParts {
  readonly hashing: Hashing;
  readonly capacity: number;
  readonly now: () => number;
  readonly onHolding?: OnHolding | undefined;
}

/** The share of the contents that goes when the place where they are kept is full. */
const ROOM_SHARE = 0.25;

/** What a device holds, on top of a storage: every change is in memory at once, and durable after `commit`. */
export class DeviceBuffer {
  readonly #storage: BufferStorage;
  readonly #hashing: Hashing;
  readonly #holdings: Holdings;
  readonly #now: () => number;
  readonly #onHolding: OnHolding;
  /** Holdings of each content: the same content under two items is stored once. */
  readonly #references = new Map<string, number>();
  #untold: Checkpoint[] = [];

  private constructor(storage: BufferStorage, options: BufferParts) {
    const { hashing, capacity, now, onHolding = () => undefined } = options;
    this.#storage = storage;
    this.#hashing = hashing;
    this.#now = now;
    this.#onHolding = onHolding;
    this.#holdings = new Holdings(hashing.sha256, capacity);
  }

  /** Reads what earlier runs left. What does not fit the capacity any more, or has lost its content, is dropped. */
  static async open(storage: BufferStorage, options: BufferParts): Promise<DeviceBuffer> {
    const buffer = new DeviceBuffer(storage, options);
    const { records, hashes } = await storage.load(() => snapshot(buffer.#holdings));
    const history = new Holdings(options.hashing.sha256, Number.MAX_SAFE_INTEGER);
    for (const record of records) history.apply(record);
    buffer.#adopt(history, hashes);
    for (const { checkpoint } of buffer.list()) buffer.#told(checkpoint);
    return buffer;
  }

  get(space: string, item: string): Holding | undefined {
    return this.#holdings.get(space, item);
  }

  /** The content of a holding, verified; if it was damaged where it lay, the holding is dropped and none is answered. */
  async read({ checkpoint }: Holding): Promise<Uint8Array | undefined> {
    const content = await this.#storage.read(checkpoint.dataHash);
    if (content !== undefined && toHex(this.#hashing.sha256(content)) === checkpoint.dataHash) return content;
    const holding = this.get(checkpoint.space, checkpoint.item);
    if (holding?.checkpoint.dataHash === checkpoint.dataHash) this.drop(checkpoint.space, checkpoint.item);
    return undefined;
  }

  /** Holds a verified content as current. Whether it is kept: not if it is larger than the whole capacity. */
  put(checkpoint: Checkpoint, content: Uint8Array): boolean {
    const { space, item, dataHash } = checkpoint;
    const replaced = this.get(space, item);
    const record: BufferRecord = { kind: 'put', atMs: this.#now(), checkpoint };
    // The new reference first: a content that replaces itself must not be removed in between.
    this.#refer(dataHash, content);
    const dropped = this.#holdings.apply(record);
    const kept = this.get(space, item)?.checkpoint === checkpoint;
    if (kept) {
      this.#storage.append(record);
      if (replaced !== undefined) this.#unrefer(replaced.checkpoint.dataHash);
    }
    for (const gone of dropped) {
      if (gone !== checkpoint) this.#storage.append({ kind: 'drop', space: gone.space, item: gone.item });
      this.#forgotten(gone);
    }
    if (kept) this.#told(checkpoint);
    return kept;
  }

  /** The held content of this checkpoint is current. False if another content is held, or none. */
  confirm(checkpoint: Checkpoint): boolean {
    if (this.get(checkpoint.space, checkpoint.item)?.checkpoint.dataHash !== checkpoint.dataHash)
      return false;
    this.#step({ kind: 'confirm', atMs: this.#now(), checkpoint });
    this.#told(checkpoint);
    return true;
  }

  markStale(space: string, item: string): void {
    if (this.get(space, item)?.stale !== false) return;
    this.#step({ kind: 'stale', atMs: this.#now(), space, item });
    this.#told({ space, item });
  }

  /** The user opened it. */
  touch(space: string, item: string): void {
    if (this.get(space, item) !== undefined) this.#step({ kind: 'touch', space, item });
  }

  drop(space: string, item: string): void {
    const holding = this.get(space, item);
    if (holding === undefined) return;
    this.#step({ kind: 'drop', space, item });
    this.#forgotten(holding.checkpoint);
  }

  /** Drops what is held of one space, or of all. */
  wipe(space?: string): void {
    for (const { checkpoint } of [...this.#holdings.list(space)])
      this.drop(checkpoint.space, checkpoint.item);
  }

  /** Versions of the space begin anew. */
  renew(space: string): void {
    this.#step({ kind: 'renew', space });
  }

  /** What was dropped since it was last asked for: the server has to be told. At most what was held. */
  takeDropped(): readonly Checkpoint[] {
    const dropped = this.#untold;
    this.#untold = [];
    return dropped;
  }

  list(space?: string): Iterable<Holding> {
    return this.#holdings.list(space);
  }

  digest(space: string): SpaceDigest {
    return this.#holdings.digest(space);
  }

  get totals(): { readonly items: number; readonly bytes: number; readonly capacity: number } {
    return { items: this.#holdings.count, bytes: this.#holdings.bytes, capacity: this.#holdings.capacity };
  }

  get resumeToken(): Uint8Array {
    return this.#holdings.resumeToken;
  }

  /** After everything that the token covers. */
  saveResumeToken(token: Uint8Array): void {
    this.#step({ kind: 'token', token });
  }

  get queryKey(): Uint8Array | undefined {
    return this.#holdings.queryKey;
  }

  saveQueryKey(key: Uint8Array): void {
    const known = this.#holdings.queryKey;
    if (known === undefined || toHex(known) !== toHex(key)) this.#step({ kind: 'key', key });
  }

  /**
   * Resolves when everything done before is as safe as the storage makes it. A storage that is full gets room: what was
   * used least recently goes.
   */
  async commit(): Promise<void> {
    for (;;) {
      try {
        await this.#storage.commit();
        return;
      } catch (thrown) {
        if (ForesyncClientError.from(thrown).code !== 'STORAGE_FULL' || !this.#makeRoom()) throw thrown;
      }
    }
  }

  close(): Promise<void> {
    return this.#storage.close();
  }

  #adopt(history: Holdings, hashes: ReadonlySet<string>): void {
    for (const record of snapshot(history)) {
      if (record.kind === 'put' && !hashes.has(record.checkpoint.dataHash)) {
        this.#storage.append({ kind: 'drop', space: record.checkpoint.space, item: record.checkpoint.item });
        continue;
      }
      for (const { space, item } of this.#holdings.apply(record))
        this.#storage.append({ kind: 'drop', space, item });
    }
    for (const { checkpoint } of this.#holdings.list()) {
      this.#references.set(checkpoint.dataHash, (this.#references.get(checkpoint.dataHash) ?? 0) + 1);
    }
    for (const hash of hashes) if (!this.#references.has(hash)) this.#storage.remove(hash);
  }

  /** Whether something could go. */
  #makeRoom(): boolean {
    const { bytes, count } = this.#holdings;
    for (const { checkpoint } of [...this.#holdings.list()]) {
      if (this.#holdings.bytes <= bytes * (1 - ROOM_SHARE) && this.#holdings.count < count) break;
      this.drop(checkpoint.space, checkpoint.item);
    }
    return this.#holdings.count < count;
  }

  #told({ space, item }: Pick<Checkpoint, 'space' | 'item'>): void {
    this.#onHolding(space, item, this.get(space, item));
  }

  #step(record: BufferRecord): void {
    this.#holdings.apply(record);
    this.#storage.append(record);
  }

  #refer(hash: string, content: Uint8Array): void {
    const references = this.#references.get(hash) ?? 0;
    this.#references.set(hash, references + 1);
    if (references === 0) this.#storage.write(hash, content);
  }

  #unrefer(hash: string): void {
    const references = (this.#references.get(hash) ?? 0) - 1;
    if (references > 0) this.#references.set(hash, references);
    else {
      this.#references.delete(hash);
      this.#storage.remove(hash);
    }
  }

  #forgotten(checkpoint: Checkpoint): void {
    this.#unrefer(checkpoint.dataHash);
    this.#untold.push(checkpoint);
    this.#told(checkpoint);
  }
}

/** The shortest history that leads to these holdings. */
function* snapshot(holdings: Holdings): Generator<BufferRecord> {
  for (const { checkpoint, stale, currentMs } of holdings.list()) {
    yield { kind: 'put', atMs: currentMs, checkpoint };
    if (stale) yield { kind: 'stale', atMs: currentMs, space: checkpoint.space, item: checkpoint.item };
  }
  if (holdings.resumeToken.length > 0) yield { kind: 'token', token: holdings.resumeToken };
  if (holdings.queryKey !== undefined) yield { kind: 'key', key: holdings.queryKey };
}
