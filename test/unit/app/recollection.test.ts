import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { recollect, recollectPolicy, saving } from '../../../src/app/recollection.js';
import { EMPTY_CONTEXT } from '../../../src/domain/context.js';
import type { PolicyMemory } from '../../../src/domain/engine-port.js';
import { ForesyncError } from '../../../src/domain/errors.js';
import { deviceId, itemId, pseudonym, spaceId } from '../../../src/domain/ids.js';
import type { Store } from '../../../src/domain/store-port.js';
import type { Statistics } from '../../../src/predictor/statistics.js';
import { openStore } from '../../../src/store/open.js';

const SPACE = spaceId('notes');
const NOW = 1_800_000_000_000;
const user = pseudonym('a'.repeat(32));
const device = deviceId('laptop');
const faults: ForesyncError[] = [];

async function world(): Promise<Store> {
  const store = await openStore({ url: 'memory:' }, { clock: { now: () => NOW }, randomBytes });
  await store.spaces.ensure(SPACE, 2);
  for (const name of ['a', 'b', 'c']) await put(store, name);
  return store;
}

async function put(store: Store, name: string): Promise<void> {
  const dataHash = await store.blobs.put(bytes(name), name.length, null);
  const commit = { space: SPACE, item: itemId(name), dataHash, sizeBytes: name.length, timestampMs: NOW };
  const rest = { edges: [], writer: null, audience: [], condition: { kind: 'always' } } as const;
  assert.equal((await store.spaces.commit({ ...commit, ...rest })).kind, 'committed');
}

async function* bytes(text: string): AsyncGenerator<Uint8Array> {
  yield await Promise.resolve(Buffer.from(text));
}

let versions = 0;

/** The user views these items, one a second. */
async function report(store: Store, sequence: number, ...items: string[]): Promise<void> {
  const activities = items.map((item, index) => ({
    type: 'viewed' as const,
    item: itemId(item),
    timeMs: NOW + (sequence * 100 + index) * 1000,
    locationCell: null,
  }));
  const context = { expectedVersion: versions++, bytes: Uint8Array.of(1) };
  const result = await store.users.apply(
    user,
    device,
    { space: SPACE, sequence, activities },
    context,
    await eraOf(store),
  );
  assert.equal(result.kind, 'applied');
}

const eraOf = async (store: Store): Promise<number> => (await store.users.meet(user)).era;

const remembered = async (store: Store): Promise<Statistics> => {
  const onCorrupt = (error: ForesyncError): void => void faults.push(error);
  return (await recollect({ spaces: store.spaces, candidates: 10, onCorrupt }, SPACE)).statistics;
};

const known = (statistics: Statistics) => ({ statistics, memory: undefined, heard: () => null });

/** What follows an item, by the statistics. */
function after(statistics: Statistics, item: string): readonly string[] {
  const context = { ...EMPTY_CONTEXT, steps: 1, recentSteps: [[itemId(item)]] };
  return statistics.candidates(user, context, NOW + 1_000_000);
}

describe('app/recollection', () => {
  beforeEach(() => {
    versions = 0;
    faults.length = 0;
  });

  it('knows the items of a space, and what the feed says of their use', async () => {
    const store = await world();
    await report(store, 1, 'a', 'b');
    await report(store, 2, 'a', 'b');
    const statistics = await remembered(store);
    assert.equal(statistics.head(itemId('a'))?.sizeBytes, 1);
    assert.ok(after(statistics, 'a').includes('b'));
    assert.deepEqual(statistics.holders(itemId('b'), null, NOW + 300_000), [user]);
  });

  it('goes on from its snapshot, and learns nothing twice', async () => {
    const store = await world();
    await report(store, 1, 'a', 'b', 'c');
    const first = await remembered(store);
    await saving(store.spaces, SPACE, known(first))();
    assert.equal((await store.spaces.loadSnapshot(SPACE, 'statistics'))?.offset, 1);
    const again = await remembered(store);
    assert.deepEqual(again.snapshot(), first.snapshot());
    await report(store, 2, 'a', 'b');
    const later = await remembered(store);
    const whole = await fromTheFeed(store);
    assert.deepEqual(later.snapshot(), whole.snapshot());
  });

  it('saves nothing when nothing was reported since', async () => {
    const store = await world();
    await report(store, 1, 'a');
    const statistics = await remembered(store);
    const save = saving(store.spaces, SPACE, known(statistics));
    await save();
    const first = await store.spaces.loadSnapshot(SPACE, 'statistics');
    statistics.forget(user);
    await save();
    assert.deepEqual(await store.spaces.loadSnapshot(SPACE, 'statistics'), first);
  });

  it('forgets whom the feed says were forgotten, but not what they did since', async () => {
    const store = await world();
    await report(store, 1, 'a', 'b');
    await saving(store.spaces, SPACE, known(await remembered(store)))();
    await store.users.forget(user);
    const statistics = await remembered(store);
    assert.deepEqual(statistics.holders(itemId('b'), null, NOW + 300_000), []);
    assert.ok(after(statistics, 'a').includes('b'), 'what everybody did stays counted');
    assert.ok(!Buffer.from(statistics.snapshot()).includes(user));
    const { era } = await store.users.meet(user);
    versions = era;
    await report(store, 1, 'b');
    assert.deepEqual((await remembered(store)).holders(itemId('b'), null, NOW + 300_000), [user]);
  });

  it('starts from the feed when the snapshot cannot be read, and says so', async () => {
    const store = await world();
    await report(store, 1, 'a', 'b');
    await store.spaces.saveSnapshot(SPACE, 'statistics', 1, Buffer.from('{}'));
    const statistics = await remembered(store);
    assert.deepEqual(
      faults.map(({ code }) => code),
      ['STORE_CORRUPT'],
    );
    assert.ok(after(statistics, 'a').includes('b'));
  });

  it('keeps what the policy learned beside the statistics', async () => {
    const store = await world();
    await report(store, 1, 'a');
    const learned = { ...known(await remembered(store)), memory: memoryOf('learned') };
    await saving(store.spaces, SPACE, learned)();
    const fresh = memoryOf('fresh');
    await recollectPolicy(recollecting(store), SPACE, fresh);
    assert.deepEqual([fresh.text, faults], ['learned', []]);
  });

  it('says up to which lesson the policy learned where nodes tell each other, and takes nothing older', async () => {
    const store = await world();
    await report(store, 1, 'a');
    const told: string[] = [];
    const learned = { ...known(await remembered(store)), memory: memoryOf('learned') };
    const exchanged = (): Promise<number> => Promise.resolve(told.push('exchanged') + 6);
    await saving(store.spaces, SPACE, { ...learned, exchanged })();
    assert.deepEqual(told, ['exchanged']);
    const fresh = memoryOf('fresh');
    assert.equal(await recollectPolicy(recollecting(store), SPACE, fresh, 7), 0);
    assert.equal(fresh.text, 'fresh');
    assert.equal(await recollectPolicy(recollecting(store), SPACE, fresh, 6), 7);
    assert.equal(fresh.text, 'learned');
    const restarted = memoryOf('fresh');
    assert.equal(await recollectPolicy(recollecting(store), SPACE, restarted), 7);
    assert.equal(restarted.text, 'learned', 'for who starts, whether lessons are told or not');
  });

  it('lets a policy start afresh whose memory cannot be read, and says so', async () => {
    const store = await world();
    const fresh = memoryOf('fresh');
    await recollectPolicy(recollecting(store), SPACE, fresh);
    assert.deepEqual(faults, [], 'there was none');
    await store.spaces.saveSnapshot(SPACE, 'policy', 1, Buffer.from('corrupt'));
    await recollectPolicy(recollecting(store), SPACE, fresh);
    const failing = (code: 'STORE_CORRUPT' | 'STORE_UNAVAILABLE') => ({
      ...recollecting(store),
      spaces: { ...store.spaces, loadSnapshot: () => Promise.reject(new ForesyncError(code, 'broken')) },
    });
    await recollectPolicy(failing('STORE_CORRUPT'), SPACE, fresh);
    assert.deepEqual(
      [fresh.text, ...faults.map(({ code }) => code)],
      ['fresh', 'STORE_CORRUPT', 'STORE_CORRUPT'],
    );
    const unread = recollectPolicy(failing('STORE_UNAVAILABLE'), SPACE, fresh);
    await assert.rejects(unread, { code: 'STORE_UNAVAILABLE' });
  });
});

const recollecting = (store: Store) => ({
  spaces: store.spaces,
  onCorrupt: (error: ForesyncError) => void faults.push(error),
});

function memoryOf(text: string): PolicyMemory & { text: string } {
  return {
    text,
    lesson: () => null,
    taught: () => false,
    dump: () => Buffer.from(text),
    load(bytes) {
      const read = Buffer.from(bytes).toString();
      if (read === 'corrupt') throw new ForesyncError('STORE_CORRUPT', 'no dump');
      this.text = read;
      return true;
    },
  };
}

/** As if there had never been a snapshot. */
async function fromTheFeed(store: Store): Promise<Statistics> {
  const spaces = { ...store.spaces, loadSnapshot: () => Promise.resolve(null) };
  return (await recollect({ spaces, candidates: 10, onCorrupt: () => assert.fail() }, SPACE)).statistics;
}
