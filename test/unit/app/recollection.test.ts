import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { recollect, remember } from '../../../src/app/recollection.js';
import { EMPTY_CONTEXT } from '../../../src/domain/context.js';
import type { ForesyncError } from '../../../src/domain/errors.js';
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
  const result = await store.users.apply(user, device, { space: SPACE, sequence, activities }, context);
  assert.equal(result.kind, 'applied');
}

const remembered = (store: Store): Promise<Statistics> =>
  recollect({ spaces: store.spaces, candidates: 10, onCorrupt: (error) => void faults.push(error) }, SPACE);

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
    assert.equal(await remember(store.spaces, SPACE, first, 0), 1);
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
    assert.equal(await remember(store.spaces, SPACE, statistics, 1), 1);
    assert.equal(await store.spaces.loadSnapshot(SPACE, 'statistics'), null);
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
});

/** As if there had never been a snapshot. */
function fromTheFeed(store: Store): Promise<Statistics> {
  const spaces = { ...store.spaces, loadSnapshot: () => Promise.resolve(null) };
  return recollect({ spaces, candidates: 10, onCorrupt: () => assert.fail() }, SPACE);
}
