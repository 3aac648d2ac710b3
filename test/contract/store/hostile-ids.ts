import assert from 'node:assert/strict';
import fc from 'fast-check';
import { deviceId, itemId, pseudonym, spaceId } from '../../../src/domain/ids.js';
import type { Store } from '../../../src/domain/store-port.js';
import type { Adapter } from './harness.js';
import {
  ANN,
  hashOf,
  item,
  LAPTOP,
  makeSpace,
  PHONE,
  pieces,
  putBlob,
  SPACE,
  withStore,
  write,
} from './harness.js';

/** Ids that are each other's prefixes, look like keys, separators or names of objects, or are as long as can be. */
const TRAPS = [
  ...[
    'a',
    'ab',
    'abc',
    'a\0',
    'a\0b',
    '\0',
    '\0a',
    '\0\0',
    '\u0001',
    'a}{b',
    '{a}',
    '}',
    'a:b',
    'a/b',
    'a/',
    '/',
  ],
  ...[
    '__proto__',
    'constructor',
    'toString',
    'u',
    'h',
    'ÿ',
    '\u007f',
    '\uffff',
    '\uffff\uffff',
    '𝄞',
    '\ue000',
    ' ',
  ],
  ...[
    'x'.repeat(512),
    `${'x'.repeat(511)}y`,
    'x'.repeat(511),
    '𝄞'.repeat(128),
    '\0'.repeat(512),
    'ÿ'.repeat(256),
  ],
];

const anyId = fc.string({ unit: 'binary', minLength: 1, maxLength: 128 });
const hostileId = fc.oneof(
  { arbitrary: fc.constantFrom(...TRAPS), weight: 3 },
  { arbitrary: anyId, weight: 1 },
);

/** What comes in: order, ids that want to be others, and what is refused. */
export function hostileIdsSuite(adapter: Adapter): void {
  describe('ids', () => {
    it('are listed in the order of their UTF-8 bytes, page by page', () =>
      withStore(adapter, {}, async ({ store }) => {
        await fc.assert(
          fc.asyncProperty(
            fc.uniqueArray(hostileId, { maxLength: 25 }),
            fc.oneof(fc.constant(''), hostileId),
            fc.integer({ min: 1, max: 7 }),
            fc.stringMatching(/^[0-9a-f]{12}$/),
            async (ids, prefix, limit, space) => {
              await makeSpace(store, 3, spaceId(space));
              await putBlob(store, 'x');
              const all = ids.map((id) => store.spaces.commit({ ...write(id, 'x'), space: spaceId(space) }));
              await Promise.all(all);
              const wanted = ids.filter((id) => id.startsWith(prefix)).sort(byBytes);
              assert.deepEqual(await listAll(store, space, prefix, limit), wanted);
            },
          ),
          { numRuns: 40 },
        );
      }));

    it('of deleted items are not listed, and `after` need not exist', () =>
      withStore(adapter, {}, async ({ store }) => {
        await makeSpace(store, 3);
        await putBlob(store, 'x');
        for (const id of ['a', 'b', 'b/1', 'b/2', 'c']) await store.spaces.commit(write(id, 'x'));
        await store.spaces.commit(write('b/1', null));
        const list = async (prefix: string, after: string, limit = 9) =>
          (await store.spaces.list(SPACE, prefix, after, limit)).map((head) => head.item);
        assert.deepEqual(await list('', ''), ['a', 'b', 'b/2', 'c']);
        assert.deepEqual(await list('', 'b/1'), ['b/2', 'c']);
        assert.deepEqual(await list('b', 'aaa'), ['b', 'b/2']);
        assert.deepEqual(await list('b', 'b', 1), ['b/2']);
        assert.deepEqual(await list('b', 'x'), []);
        assert.deepEqual(await list('nothing', ''), []);
      }));

    it('never become another user’s, space’s, device’s or item’s', () =>
      withStore(adapter, {}, async ({ store }) => {
        const place = fc.oneof(
          fc.tuple(hostileId, hostileId, hostileId, hostileId),
          splitting('aaaaaaa'),
          splitting('\0a\0a\0a'),
        );
        await fc.assert(
          fc.asyncProperty(
            fc.uniqueArray(place, { minLength: 2, maxLength: 15, selector: JSON.stringify }),
            async (places) => {
              await fillPlaces(store, places);
              await checkPlaces(store, places);
            },
          ),
          { numRuns: 25 },
        );
      }));

    it('that are no ids are refused, naming the field and its limit', () =>
      withStore(adapter, {}, async ({ store }) => {
        await makeSpace(store);
        const bad = ['', 'x'.repeat(513), '𝄞'.repeat(129), 'a\ud834', '\udd1e', 'a\ud834b'];
        for (const id of bad) {
          const space = spaceId(id);
          await refused('space', () => store.spaces.ensure(space, 1));
          await refused('item', () => store.spaces.commit(write(id, null)));
          await refused('item', () => store.spaces.head(SPACE, itemId(id)));
          await refused('items[1]', () => store.spaces.heads(SPACE, [item('a'), itemId(id)]));
          const edges = [{ item: itemId(id), kind: 'part' as const }];
          await refused('edges[0].item', () => store.spaces.commit(write('a', 'x', { edges })));
          await refused('writer', () => store.spaces.commit(write('a', 'x', { writer: pseudonym(id) })));
          await refused('audience[0]', () =>
            store.spaces.commit(write('a', 'x', { audience: [pseudonym(id)] })),
          );
          await refused('user', () => store.users.context(pseudonym(id), SPACE));
          await refused('device', () => store.users.sequence(ANN, deviceId(id)));
          const held = { item: itemId(id), dataHash: hashOf('x') };
          await refused('held[0].item', () => store.users.replaceManifest(ANN, PHONE, SPACE, [held]));
          if (id !== '') await refused('prefix', () => store.spaces.list(SPACE, id, '', 1));
        }
      }));

    it('come with numbers and hashes that are checked as well', () =>
      withStore(adapter, {}, async ({ store }) => {
        await makeSpace(store);
        for (const shards of [0, 65, 1.5, Number.NaN])
          await refused('shards', () => store.spaces.ensure(SPACE, shards));
        for (const limit of [0, -1, 0.5, Infinity]) {
          await refused('limit', () => store.spaces.list(SPACE, '', '', limit));
          await refused('limit', () => store.spaces.readFeed(SPACE, 0, limit));
        }
        await refused('after', () => store.spaces.readLog(SPACE, 0, -1, 1));
        for (const shard of [-1, 1, 64]) await refused('shard', () => store.spaces.bounds(SPACE, shard));
        await refused('items', () =>
          store.spaces.heads(
            SPACE,
            Array.from({ length: 2049 }, () => item('a')),
          ),
        );
        const hash = hashOf('x').toUpperCase() as ReturnType<typeof hashOf>; // a hash as nobody may write it
        await refused('data_hash', () => store.spaces.commit(write('a', 'x', { dataHash: hash })));
        await refused('data_hash', () => store.blobs.read(hash, 0, 1));
        await refused('timestamp_ms', () => store.spaces.commit(write('a', 'x', { timestampMs: 1.5 })));
        await refused('size_bytes', () => store.blobs.put(pieces(new Uint8Array(), 1), -1, null));
        const edges = Array.from({ length: 257 }, () => ({ item: item('b'), kind: 'link' as const }));
        await refused('edges', () => store.spaces.commit(write('a', 'x', { edges })));
        const batch = { space: SPACE, sequence: 0, activities: [] };
        const context = { expectedVersion: 0, bytes: new Uint8Array() };
        await refused('sequence', () => store.users.apply(ANN, PHONE, batch, context));
        const searched = {
          type: 'searched' as const,
          queryBuckets: [2 ** 32],
          timeMs: 0,
          locationCell: null,
        };
        const search = { space: SPACE, sequence: 1, activities: [searched] };
        await refused('activities[0].query_buckets', () => store.users.apply(ANN, LAPTOP, search, context));
      }));
  });
}

/** Four ids that are always the same text when written one after the other. */
function splitting(text: string): fc.Arbitrary<Place4> {
  const cut = fc.integer({ min: 1, max: text.length - 1 });
  return fc.uniqueArray(cut, { minLength: 3, maxLength: 3 }).map((cuts) => {
    const [a = 1, b = 2, c = 3] = cuts.sort((left, right) => left - right);
    return [text.slice(0, a), text.slice(a, b), text.slice(b, c), text.slice(c)];
  });
}

type Place4 = readonly [user: string, device: string, space: string, item: string];

/** Something of its own at every place: a manifest entry, a checkpoint, a head, and per user and device a sequence. */
async function fillPlaces(store: Store, places: readonly Place4[]): Promise<void> {
  for (const [index, [user, device, space, id]] of places.entries()) {
    const [who, where] = [pseudonym(user), spaceId(space)];
    await makeSpace(store, 2, where);
    const content = `${index}`;
    const hash = await putBlob(store, content);
    const held = [{ item: itemId(id), dataHash: hashOf(JSON.stringify([user, device, space, id])) }];
    await store.users.changeManifest(who, deviceId(device), where, { held, dropped: [] });
    const checkpoint = {
      item: itemId(id),
      dataHash: hashOf(JSON.stringify([user, space, id])),
      version: index,
      timestampMs: 0,
      dependencyHashes: [],
      userContext: '',
      predictionScore: 0,
    };
    await store.users.saveCheckpoints(who, where, [checkpoint]);
    const { version } = await store.users.recurrent(who, where);
    const owner = hashOf(JSON.stringify([user, space]));
    assert.equal(await store.users.saveRecurrent(who, where, version, Buffer.from(owner)), true);
    await store.spaces.commit({ ...write(id, content), space: where, dataHash: hash });
  }
}

async function checkPlaces(store: Store, places: readonly Place4[]): Promise<void> {
  for (const [user, device, space, id] of places) {
    const [who, where] = [pseudonym(user), spaceId(space)];
    const expected = new Set(
      places.filter((other) => same(other, [user, device, space])).map((other) => other[3]),
    );
    const held = await store.users.manifest(who, deviceId(device), where);
    const known = held.filter((entry) => expected.has(entry.item));
    assert.equal(known.length, expected.size);
    const mine = held.find((entry) => entry.item === id);
    assert.equal(mine?.dataHash, hashOf(JSON.stringify([user, device, space, id])));
    const [checkpoint] = await store.users.checkpoints(who, where, [itemId(id)]);
    assert.equal(checkpoint?.dataHash, hashOf(JSON.stringify([user, space, id])));
    const { bytes } = await store.users.recurrent(who, where);
    assert.equal(Buffer.from(bytes).toString(), hashOf(JSON.stringify([user, space])));
    const last = places
      .map((other) => JSON.stringify(other.slice(2)))
      .lastIndexOf(JSON.stringify([space, id]));
    assert.equal((await store.spaces.head(where, itemId(id)))?.dataHash, hashOf(`${last}`));
  }
}

const same = (place: Place4, start: readonly string[]): boolean =>
  start.every((part, index) => part === place[index]);

const byBytes = (a: string, b: string): number => Buffer.compare(Buffer.from(a), Buffer.from(b));

async function listAll(store: Store, space: string, prefix: string, limit: number): Promise<string[]> {
  const all: string[] = [];
  for (;;) {
    const page = await store.spaces.list(spaceId(space), prefix, all.at(-1) ?? '', limit);
    all.push(...page.map((head) => head.item));
    if (page.length < limit) return all;
  }
}

async function refused(field: string, call: () => Promise<unknown>): Promise<void> {
  await assert.rejects(call, (error: unknown) => {
    const { code, message, details } = error as {
      code: string;
      message: string;
      details: { field?: string; facts?: object };
    };
    assert.equal(code, 'FIELD_INVALID');
    assert.equal(details.field, field);
    assert.ok(message.includes(field) && details.facts !== undefined, message);
    return true;
  });
}
