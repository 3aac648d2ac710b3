import { createHash, randomBytes } from 'node:crypto';
import type { Durability } from '../../../src/domain/checkpoint.js';
import type { Clock } from '../../../src/domain/clock.js';
import type { DataHash, ItemId, SpaceId } from '../../../src/domain/ids.js';
import { dataHash, deviceId, itemId, pseudonym, spaceId } from '../../../src/domain/ids.js';
import type { Change } from '../../../src/domain/item.js';
import type { ChangeRequest, Store } from '../../../src/domain/store-port.js';
import type { StoreLimits, StoreSurroundings } from '../../../src/store/options.js';

/** An adapter under test. */
export interface Adapter {
  readonly name: string;
  /** Whether a store that is opened again at the same place has what the last one acknowledged. */
  readonly persistent: boolean;
  /** How safe it says that a write is, with nothing broken. */
  readonly durability: Durability;
  /** A new, empty place. */
  place(): Promise<Place>;
}

export interface Place {
  /** Of a store that lasts, as settings name it. */
  readonly url?: string;
  open(limits: Partial<StoreLimits>, surroundings: StoreSurroundings): Promise<Store>;
  remove(): Promise<void>;
}

/** Time that stands still until it is moved. */
export class ManualClock implements Clock {
  ms = Date.UTC(2026, 0, 1);

  now(): number {
    return this.ms;
  }
}

export interface Fixture {
  readonly store: Store;
  readonly clock: ManualClock;
  /** Closes the store and opens it again at the same place, with other limits if given. */
  readonly reopen: (limits?: Partial<StoreLimits>) => Promise<Store>;
}

/** A store at a new place, for one test. */
export async function withStore(
  adapter: Adapter,
  limits: Partial<StoreLimits>,
  test: (fixture: Fixture) => Promise<void>,
): Promise<void> {
  const place = await adapter.place();
  const clock = new ManualClock();
  const open = (given = limits): Promise<Store> => place.open(given, { clock, randomBytes });
  let store = await open();
  const reopen = async (given?: Partial<StoreLimits>): Promise<Store> => {
    await store.close();
    return (store = await open(given));
  };
  try {
    await test({ store, clock, reopen });
  } finally {
    await store.close();
    await place.remove();
  }
}

export const SPACE = spaceId('team');
export const ANN = pseudonym('a'.repeat(32));
export const BEN = pseudonym('b'.repeat(32));
export const PHONE = deviceId('phone');
export const LAPTOP = deviceId('laptop');

export const item = (name: string): ItemId => itemId(name);

export function hashOf(content: string | Uint8Array): DataHash {
  return dataHash(createHash('sha256').update(content).digest('hex'));
}

/** Puts a content in pieces of at most `pieceBytes`. */
export function putBlob(
  store: Store,
  content: string | Uint8Array,
  pieceBytes = 64 * 1024,
): Promise<DataHash> {
  const bytes = Buffer.from(content);
  return store.blobs.put(pieces(bytes, pieceBytes), bytes.length, null);
}

export async function* pieces(bytes: Uint8Array, pieceBytes: number): AsyncGenerator<Uint8Array> {
  for (let offset = 0; offset < bytes.length; offset += pieceBytes) {
    yield await Promise.resolve(bytes.subarray(offset, offset + pieceBytes));
  }
}

/** A write of some text to an item; what is not said does not matter to the test. */
export function write(
  name: string,
  content: string | null,
  more: Partial<ChangeRequest> = {},
): ChangeRequest {
  return {
    space: SPACE,
    item: itemId(name),
    dataHash: content === null ? null : hashOf(content),
    sizeBytes: content === null ? 0 : Buffer.byteLength(content),
    timestampMs: 1_700_000_000_000,
    edges: [],
    writer: null,
    audience: [],
    condition: { kind: 'always' },
    ...more,
  };
}

/** Puts the content and commits the write, which has to succeed. */
export async function commit(
  store: Store,
  name: string,
  content: string | null,
  more: Partial<ChangeRequest> = {},
): Promise<Change> {
  if (content !== null) await putBlob(store, content);
  const result = await store.spaces.commit(write(name, content, more));
  if (result.kind === 'conflict') throw new Error(`conflict on ${name}`);
  return result.change;
}

export async function makeSpace(store: Store, shards = 1, space: SpaceId = SPACE): Promise<void> {
  await store.spaces.ensure(space, shards);
}

/** Every change of a shard's log that is still there. */
export async function wholeLog(store: Store, shard = 0, space: SpaceId = SPACE): Promise<readonly Change[]> {
  const { low } = await store.spaces.bounds(space, shard);
  const page = await store.spaces.readLog(space, shard, low, 1_000_000);
  if (page.kind === 'compacted') throw new Error('compacted at its own low');
  return page.changes;
}
