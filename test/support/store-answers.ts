import type { DataHash, DeviceId, ItemId, Pseudonym, SpaceId } from '../../src/domain/ids.js';
import type { Store } from '../../src/domain/store-port.js';

/** Whom and what a test put into a store. */
export interface Known {
  readonly spaces: readonly SpaceId[];
  readonly users: readonly Pseudonym[];
  readonly devices: readonly DeviceId[];
  readonly items: readonly ItemId[];
  readonly hashes: readonly DataHash[];
  readonly snapshots: readonly string[];
}

/** All that a store says of them through its port, in an order that is always the same. */
export async function answersOf(store: Store, known: Known): Promise<unknown> {
  const users = [];
  for (const user of known.users) users.push(await ofUser(store, known, user));
  const spaces = [];
  for (const space of known.spaces) spaces.push(await ofSpace(store, known, space));
  const blobs = [];
  for (const hash of known.hashes) {
    const bytes = await store.blobs.read(hash, 0, 10_000_000);
    blobs.push([hash, bytes === null ? null : Buffer.from(bytes).toString('base64')]);
  }
  return { spaces, users, blobs };
}

async function ofSpace(store: Store, known: Known, space: SpaceId): Promise<unknown> {
  const meta = await store.spaces.meta(space);
  const logs = [];
  for (let shard = 0; shard < (meta?.shards ?? 0); shard++) {
    const bounds = await store.spaces.bounds(space, shard);
    logs.push([bounds, await store.spaces.readLog(space, shard, bounds.low, 10_000)]);
  }
  const snapshots = [];
  for (const name of known.snapshots) {
    const found = await store.spaces.loadSnapshot(space, name);
    snapshots.push(found === null ? null : [found.offset, Buffer.from(found.bytes).toString('hex')]);
  }
  return {
    meta,
    logs,
    heads: await store.spaces.heads(space, known.items),
    list: await store.spaces.list(space, '', '', 10_000),
    feed: await store.spaces.readFeed(space, 0, 10_000),
    snapshots,
  };
}

async function ofUser(store: Store, known: Known, user: Pseudonym): Promise<unknown> {
  const met = await store.users.meet(user);
  const inSpaces = [];
  for (const space of known.spaces) {
    const context = await store.users.context(user, space);
    const recurrent = await store.users.recurrent(user, space);
    const manifests = [];
    for (const device of known.devices)
      manifests.push(sorted(await store.users.manifest(user, device, space)));
    inSpaces.push({
      context: [context.version, Buffer.from(context.bytes).toString('hex')],
      recurrent: [recurrent.version, Buffer.from(recurrent.bytes).toString('hex')],
      checkpoints: await store.users.checkpoints(user, space, known.items),
      manifests,
    });
  }
  const sequences = [];
  for (const device of known.devices) sequences.push(await store.users.sequence(user, device));
  const records: unknown[] = [];
  for await (const record of store.users.records(user)) if (record.kind !== 'held') records.push(record);
  return {
    met,
    sequences,
    inSpaces,
    activity: await store.users.readActivity(user, 0, 10_000),
    records: sorted(records),
  };
}

/** What comes in no order. */
function sorted(all: readonly unknown[]): readonly string[] {
  return all.map((one) => JSON.stringify(one, plain)).sort();
}

function plain(_name: string, value: unknown): unknown {
  if (value instanceof Uint8Array) return Buffer.from(value).toString('hex');
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));
}
