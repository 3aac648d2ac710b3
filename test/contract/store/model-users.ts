import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { Durability } from '../../../src/domain/checkpoint.js';
import type { DataHash, DeviceId, ItemId, Pseudonym, SpaceId } from '../../../src/domain/ids.js';
import { spaceId } from '../../../src/domain/ids.js';
import type { FeedEntry, HeldItem, Store } from '../../../src/domain/store-port.js';
import type { StoredCheckpoint } from '../../../src/domain/user-record.js';
import type { Adapter } from './harness.js';
import { ANN, BEN, hashOf, item, LAPTOP, makeSpace, PHONE, SPACE, withStore } from './harness.js';

const LIMITS = { feedRetention: 7, activityRetention: 4, checkpointsPerUser: 3 };
const SPACES = [SPACE, spaceId('other')];
const USERS = [ANN, BEN];
const DEVICES = [PHONE, LAPTOP];
const ITEMS = ['a', 'b', 'c', 'd', 'e'].map(item);

/** What the store should be, as simply as it can be said: everything ever, in the order in which it happened. */
class Oracle {
  readonly sequences = new Map<string, number>();
  readonly contexts = new Map<string, { version: number; text: string }>();
  readonly recurrent = new Map<string, { version: number; text: string }>();
  readonly feeds = new Map<string, Omit<FeedEntry, 'offset'>[]>();
  readonly manifests = new Map<string, Map<ItemId, DataHash>>();
  readonly checkpoints = new Map<string, StoredCheckpoint[]>();
}

interface Real {
  store: Store;
  readonly reopen: () => Promise<Store>;
}

type Command = fc.AsyncCommand<Oracle, Real>;
type Where = readonly [user: Pseudonym, device: DeviceId, space: SpaceId];

/** Any sequence of batches, recurrent states, manifest changes, checkpoints and restarts does what the oracle says. */
export function modelUsersSuite(adapter: Adapter): void {
  it('batches, contexts, recurrent states, manifests and checkpoints follow a simple oracle', () =>
    fc.assert(
      fc.asyncProperty(fc.commands(commands(adapter), { maxCommands: 60 }), (sequence) =>
        withStore(adapter, LIMITS, async ({ store, reopen }) => {
          await Promise.all(SPACES.map((space) => makeSpace(store, 1, space)));
          const oracle = new Oracle();
          const real = { store, reopen };
          await fc.asyncModelRun(() => ({ model: oracle, real }), sequence);
          await checkAll(oracle, real.store);
        }),
      ),
      { numRuns: 40 },
    ));
}

function commands({ persistent, durability }: Adapter): fc.Arbitrary<Command>[] {
  const where: fc.Arbitrary<Where> = fc.tuple(
    fc.constantFrom(...USERS),
    fc.constantFrom(...DEVICES),
    fc.constantFrom(...SPACES),
  );
  const mostly0 = fc.oneof(
    { weight: 5, arbitrary: fc.constant(0) },
    { weight: 1, arbitrary: fc.constantFrom(-1, 1) },
  );
  const held = fc.array(
    fc.record({ item: fc.constantFrom(...ITEMS), dataHash: fc.constantFrom('1', '2').map(hashOf) }),
    { maxLength: 3 },
  );
  const dropped = fc.array(fc.constantFrom(...ITEMS), { maxLength: 3 });
  const apply = fc
    .tuple(where, mostly0, mostly0, fc.string())
    .map((given) => applyCommand(durability, ...given));
  return [
    apply,
    apply,
    fc.tuple(where, mostly0, fc.string()).map((given) => recurrentCommand(...given)),
    fc.tuple(where, held, dropped).map((given) => changeCommand(...given)),
    fc.tuple(where, held).map((given) => replaceCommand(...given)),
    fc
      .tuple(where, fc.array(fc.constantFrom(...ITEMS), { maxLength: 4 }), fc.nat(9))
      .map((given) => saveCommand(...given)),
    ...(persistent ? [fc.constant(reopenCommand())] : []),
  ];
}

const command = (name: string, run: Command['run']): Command => ({
  check: () => true,
  run,
  toString: () => name,
});

/** A batch whose sequence, or whose context's version, may be off by one. */
function applyCommand(
  durability: Durability,
  [user, device, space]: Where,
  early: number,
  stale: number,
  text: string,
): Command {
  return command(`apply ${user} ${device} ${space} ${early} ${stale}`, async (oracle, { store }) => {
    const applied = oracle.sequences.get(key(user, device)) ?? 0;
    const { version } = oracle.contexts.get(key(user, space)) ?? { version: 0 };
    const sequence = Math.max(1, applied + 1 + early);
    const expectedVersion = Math.max(0, version + stale);
    const activities = [{ type: 'viewed' as const, item: item('a'), timeMs: sequence, locationCell: null }];
    const batch = { space, sequence, activities };
    const result = await store.users.apply(user, device, batch, {
      expectedVersion,
      bytes: Buffer.from(text),
    });
    if (sequence <= applied) assert.equal(result.kind, 'duplicate');
    else if (sequence > applied + 1) assert.deepEqual(result, { kind: 'gap', expected: applied + 1 });
    else if (expectedVersion !== version) assert.equal(result.kind, 'stale');
    else {
      assert.deepEqual(result, { kind: 'applied', durability });
      oracle.sequences.set(key(user, device), sequence);
      oracle.contexts.set(key(user, space), { version: version + 1, text });
      for (const log of [key(space), key(user)]) {
        oracle.feeds.set(log, [...(oracle.feeds.get(log) ?? []), { user, device, batch }]);
      }
    }
    await checkContext(oracle, store, user, space);
  });
}

/** A recurrent state whose expected version may be off by one. */
function recurrentCommand([user, , space]: Where, stale: number, text: string): Command {
  return command(`recurrent ${user} ${space} ${stale}`, async (oracle, { store }) => {
    const { version } = oracle.recurrent.get(key(user, space)) ?? { version: 0 };
    const expectedVersion = Math.max(0, version + stale);
    const saved = await store.users.saveRecurrent(user, space, expectedVersion, Buffer.from(text));
    assert.equal(saved, expectedVersion === version);
    if (saved) oracle.recurrent.set(key(user, space), { version: version + 1, text });
  });
}

function changeCommand(where: Where, held: readonly HeldItem[], dropped: readonly ItemId[]): Command {
  return command(
    `change ${key(...where)} ${JSON.stringify({ held, dropped })}`,
    async (oracle, { store }) => {
      await store.users.changeManifest(...where, { held, dropped });
      const manifest = oracle.manifests.get(key(...where)) ?? new Map<ItemId, DataHash>();
      for (const name of dropped) manifest.delete(name);
      for (const entry of held) manifest.set(entry.item, entry.dataHash);
      oracle.manifests.set(key(...where), manifest);
    },
  );
}

function replaceCommand(where: Where, held: readonly HeldItem[]): Command {
  return command(`replace ${key(...where)} ${JSON.stringify(held)}`, async (oracle, { store }) => {
    await store.users.replaceManifest(...where, held);
    oracle.manifests.set(key(...where), new Map(held.map((entry) => [entry.item, entry.dataHash])));
  });
}

function saveCommand([user, , space]: Where, items: readonly ItemId[], version: number): Command {
  return command(`save ${user} ${space} ${items.join()} ${version}`, async (oracle, { store }) => {
    const checkpoints = items.map((name) => checkpoint(name, version));
    await store.users.saveCheckpoints(user, space, checkpoints);
    const saved = oracle.checkpoints.get(key(user, space)) ?? [];
    for (const one of checkpoints) {
      saved.splice(0, saved.length, ...saved.filter((other) => other.item !== one.item), one);
    }
    oracle.checkpoints.set(key(user, space), saved.slice(-LIMITS.checkpointsPerUser));
  });
}

function reopenCommand(): Command {
  return command('reopen', async (_oracle, real) => {
    real.store = await real.reopen();
  });
}

async function checkAll(oracle: Oracle, store: Store): Promise<void> {
  for (const space of SPACES) {
    const feed = page(oracle, key(space), LIMITS.feedRetention);
    assert.deepEqual(await store.spaces.readFeed(space, 0, 1000), { ...feed, forgotten: [] });
  }
  for (const user of USERS) {
    const activity = await store.users.readActivity(user, 0, 1000);
    assert.deepEqual(activity, page(oracle, key(user), LIMITS.activityRetention));
    for (const device of DEVICES) {
      assert.equal(await store.users.sequence(user, device), oracle.sequences.get(key(user, device)) ?? 0);
    }
    for (const space of SPACES) await checkSpace(oracle, store, user, space);
  }
}

async function checkSpace(oracle: Oracle, store: Store, user: Pseudonym, space: SpaceId): Promise<void> {
  await checkContext(oracle, store, user, space);
  const { version, bytes } = await store.users.recurrent(user, space);
  const recurrent = oracle.recurrent.get(key(user, space)) ?? { version: 0, text: '' };
  assert.deepEqual({ version, text: Buffer.from(bytes).toString() }, recurrent);
  const saved = oracle.checkpoints.get(key(user, space)) ?? [];
  const expected = ITEMS.map((name) => saved.find((one) => one.item === name) ?? null);
  assert.deepEqual(await store.users.checkpoints(user, space, ITEMS), expected);
  for (const device of DEVICES) {
    const held = await store.users.manifest(user, device, space);
    const manifest = new Map(held.map((entry) => [entry.item, entry.dataHash]));
    assert.equal(manifest.size, held.length);
    assert.deepEqual(manifest, oracle.manifests.get(key(user, device, space)) ?? new Map());
  }
}

async function checkContext(oracle: Oracle, store: Store, user: Pseudonym, space: SpaceId): Promise<void> {
  const { version, bytes } = await store.users.context(user, space);
  const expected = oracle.contexts.get(key(user, space)) ?? { version: 0, text: '' };
  assert.deepEqual({ version, text: Buffer.from(bytes).toString() }, expected);
}

function page(oracle: Oracle, log: string, retention: number): object {
  const all = (oracle.feeds.get(log) ?? []).map((entry, index) => ({ offset: index + 1, ...entry }));
  const low = Math.max(0, all.length - retention);
  return { entries: all.slice(low), low, high: all.length };
}

const key = (...parts: readonly string[]): string => parts.join(' ');

const checkpoint = (name: ItemId, version: number): StoredCheckpoint => ({
  item: name,
  dataHash: hashOf(`${version}`),
  version,
  timestampMs: version,
  dependencyHashes: [],
  userContext: `${version}`,
  predictionScore: version / 10,
});
