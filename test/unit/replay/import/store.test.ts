import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import type { Activity } from '../../../../src/domain/activity.js';
import type { Pseudonym } from '../../../../src/domain/ids.js';
import { deviceId, itemId, pseudonym, spaceId } from '../../../../src/domain/ids.js';
import type { Store } from '../../../../src/domain/store-port.js';
import { hiddenPaths, plainNames } from '../../../../src/replay/import/pseudonyms.js';
import { importStore } from '../../../../src/replay/import/store.js';
import { openStore } from '../../../../src/store/open.js';

const SPACE = spaceId('notes');
const START_S = 1_700_000_000;
const ANNA = pseudonym(`aaaaaaaaaaaa${'0'.repeat(20)}`);
const BORIS = pseudonym(`bbbbbbbbbbbb${'0'.repeat(20)}`);

describe('replay/import/store', () => {
  let store: Store;
  let contents = 0;
  beforeEach(async () => {
    const clock = { now: () => START_S * 1000 };
    store = await openStore({ url: 'memory:' }, { clock, randomBytes });
    await store.spaces.ensure(SPACE, 2);
  });
  afterEach(() => store.close());

  /** Puts a new content at this second. */
  async function put(
    at: number,
    item: string,
    more: { edges?: string[]; writer?: Pseudonym; audience?: Pseudonym[] } = {},
  ): Promise<void> {
    const bytes = Buffer.from(`content ${contents++}`.padEnd(20, '.'));
    const dataHash = await store.blobs.put(one(bytes), bytes.length, null);
    const { edges = [], writer = null, audience = [] } = more;
    const result = await store.spaces.commit({
      ...{ space: SPACE, item: itemId(item), dataHash, sizeBytes: bytes.length, writer, audience },
      timestampMs: (START_S + at) * 1000,
      edges: edges.map((target) => ({ item: itemId(target), kind: 'link' })),
      condition: { kind: 'always' },
    });
    assert.equal(result.kind, 'committed');
  }

  async function report(user: Pseudonym, device: string, activities: readonly Activity[]): Promise<void> {
    const { version } = await store.users.context(user, SPACE);
    const sequence = (await store.users.sequence(user, deviceId(device))) + 1;
    const context = { expectedVersion: version, bytes: new Uint8Array() };
    const applied = await store.users.apply(
      user,
      deviceId(device),
      { space: SPACE, sequence, activities },
      context,
    );
    assert.equal(applied.kind, 'applied');
  }

  const did = (at: number, type: 'viewed' | 'edited' | 'created', item: string): Activity => ({
    ...{ type, item: itemId(item), timeMs: (START_S + at) * 1000, locationCell: 'u33d' },
  });

  const read = (naming = plainNames) => importStore(store, SPACE, { naming, onProgress: () => undefined });

  it('makes events of activity, with pseudonyms and numbers of devices, in order of time', async () => {
    await report(ANNA, 'anna’s phone', [did(5, 'viewed', 'a'), did(6, 'edited', 'docs/b')]);
    await report(BORIS, 'work', [did(1, 'created', 'a')]);
    await report(ANNA, 'laptop', [
      did(7, 'viewed', 'a'),
      { type: 'searched', queryBuckets: [1, 2], timeMs: START_S * 1000, locationCell: null },
    ]);
    const { trace, leftOut } = await read();
    const rows = [...trace.events.inOrder()].map(({ user, item, type, timeS, device }) =>
      [user, item, type, timeS - START_S, device].join(' '),
    );
    assert.deepEqual(rows, [
      'ubbbbbbbbbbbb a created 1 1',
      'uaaaaaaaaaaaa a viewed 5 1',
      'uaaaaaaaaaaaa docs/b edited 6 1',
      'uaaaaaaaaaaaa a viewed 7 2',
    ]);
    assert.deepEqual([...leftOut], [['searches', 1]]);
    const { name, licence, train, writes, creates, outside } = trace.meta;
    assert.deepEqual([name, licence, train], ['notes', 'own', true]);
    assert.deepEqual([writes, creates, outside], [['edited'], ['created'], ['changed']]);
  });

  it('makes changes by backends events from outside for those whom they concerned', async () => {
    await put(0, 'a');
    await report(ANNA, 'x', [did(10, 'viewed', 'a')]);
    await put(15, 'a');
    await report(BORIS, 'y', [did(20, 'viewed', 'a')]);
    await put(25, 'a');
    await put(26, 'a', { writer: ANNA });
    await put(27, 'message', { audience: [BORIS] });
    await put(28, 'nobody uses it');
    const { trace } = await read();
    const changes = [...trace.events.inOrder()].filter(({ type }) => type === 'changed');
    assert.deepEqual(
      changes.map(({ user, item, timeS, device }) => [user, item, timeS - START_S, device]),
      [
        ['uaaaaaaaaaaaa', 'a', 15, null],
        ['ubbbbbbbbbbbb', 'a', 25, null],
        ['uaaaaaaaaaaaa', 'a', 25, null],
        ['ubbbbbbbbbbbb', 'message', 27, null],
      ],
    );
  });

  it('knows sizes and edges of what is used', async () => {
    await put(0, 'docs/a', { edges: ['docs/b', 'docs/c'] });
    await put(0, 'docs/b', { edges: ['docs/a'] });
    await put(0, 'docs/c');
    await report(ANNA, 'x', [did(10, 'viewed', 'docs/a'), did(11, 'viewed', 'docs/b')]);
    const { trace } = await read();
    assert.deepEqual(
      [...trace.relations],
      [
        ['docs/a', 'docs/b'],
        ['docs/b', 'docs/a'],
      ],
    );
    assert.deepEqual(
      [...trace.sizes],
      [
        ['docs/a', 20],
        ['docs/b', 20],
      ],
    );
  });

  it('hides names of items folder by folder, the same in all tables', async () => {
    await put(0, 'docs/a', { edges: ['docs/b'] });
    await put(0, 'docs/b');
    await report(ANNA, 'x', [did(10, 'viewed', 'docs/a'), did(11, 'viewed', 'docs/b')]);
    const { trace } = await read(hiddenPaths());
    const items = [...trace.events.inOrder()].map(({ item }) => item);
    assert.match(items.join(' '), /^(u[0-9a-f]{12})\/u[0-9a-f]{12} \1\/u[0-9a-f]{12}$/);
    assert.deepEqual([...trace.relations], [items]);
    assert.deepEqual([...trace.sizes.keys()], items);
    assert.ok(Buffer.byteLength(hiddenPaths()('a/'.repeat(256))) <= 512);
  });

  it('reads long feeds and logs whole', async () => {
    for (let at = 0; at < 700; at++) await report(ANNA, 'x', [did(at, 'viewed', 'a')]);
    for (let at = 0; at < 600; at++) await put(at + 0.5, 'a');
    const { trace } = await read();
    assert.equal(trace.events.size, 1300);
  });

  it('refuses a space that is not there, and one that nobody used', async () => {
    await assert.rejects(read(), /TRACE_INVALID.*nobody used anything/);
    const gone = importStore(store, spaceId('gone'), {
      naming: plainNames,
      onProgress: () => undefined,
    });
    await assert.rejects(gone, /SPACE_UNKNOWN/);
  });
});

async function* one(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield await Promise.resolve(bytes);
}
