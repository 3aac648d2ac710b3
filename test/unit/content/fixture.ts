import { createHash, randomBytes } from 'node:crypto';
import type { ContentDeps } from '../../../src/content/deps.js';
import type { PutOrder, Written } from '../../../src/content/put.js';
import { putContent } from '../../../src/content/put.js';
import { ForesyncError } from '../../../src/domain/errors.js';
import type { Grant, Identity } from '../../../src/domain/identity.js';
import type { DataHash } from '../../../src/domain/ids.js';
import { dataHash, deviceId, itemId, pseudonym, spaceId } from '../../../src/domain/ids.js';
import type { Store } from '../../../src/domain/store-port.js';
import { openMemory } from '../../../src/store/memory.js';
import { STORE_LIMITS } from '../../../src/store/options.js';

export const NOTES = spaceId('notes');
export const NOW = 1_800_000_000_000;

/** The use cases over a real store, with a space `notes` of two shards. */
export async function contentWorld(
  change: Partial<Omit<ContentDeps, 'store'>> & { readonly logRetention?: number } = {},
): Promise<ContentDeps & { readonly store: Store }> {
  const { logRetention = 1000, ...deps } = change;
  const clock = { now: () => NOW };
  const store = openMemory({ ...STORE_LIMITS, logRetention }, { clock, randomBytes });
  await store.spaces.ensure(NOTES, 2);
  return { store, clock, limits: { itemBytes: 1000, chunkBytes: 10 }, autoCreate: null, ...deps };
}

/** A device of a user with this grant on `notes`. */
export function device(grant: Grant = 'write', user = 'a'): Identity {
  return {
    user: pseudonym(user.repeat(32)),
    device: deviceId('laptop'),
    grants: new Map([[NOTES, grant]]),
    expiresMs: NOW + 1000,
  };
}

export const backend: Identity = { ...device(), device: null };

export function order(item: string, size: number, change: Partial<PutOrder> = {}): PutOrder {
  return {
    space: NOTES,
    item: itemId(item),
    condition: { kind: 'always' },
    dataHash: null,
    sizeBytes: size,
    edges: [],
    modifiedMs: null,
    audience: [],
    ...change,
  };
}

/** Writes a text. */
export function put(
  deps: ContentDeps,
  item: string,
  text: string,
  change: Partial<PutOrder> = {},
  identity: Identity = device(),
): Promise<Written> {
  return putContent(deps, identity, order(item, Buffer.byteLength(text), change), chunked(text));
}

// The store pulls: an upload is asynchronous by nature.
export async function* chunked(text: string): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < text.length; at += 4)
    yield await Promise.resolve(Buffer.from(text.slice(at, at + 4)));
}

export function hashOf(text: string): DataHash {
  return dataHash(createHash('sha256').update(text).digest('hex'));
}

/** What a promise is rejected with. */
export async function failure(promise: Promise<unknown>): Promise<ForesyncError> {
  try {
    await promise;
  } catch (thrown) {
    if (thrown instanceof ForesyncError) return thrown;
    throw thrown;
  }
  throw new Error('nothing was thrown');
}
