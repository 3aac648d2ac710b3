import assert from 'node:assert/strict';
import { deleteContent } from '../../../src/content/delete.js';
import { getContent } from '../../../src/content/get.js';
import { putContent } from '../../../src/content/put.js';
import type { Checkpoint } from '../../../src/domain/checkpoint.js';
import { itemId, pseudonym, spaceId } from '../../../src/domain/ids.js';
import {
  backend,
  chunked,
  contentWorld,
  device,
  failure,
  hashOf,
  NOTES,
  NOW,
  order,
  put,
} from './fixture.js';

const item = itemId('docs/plan.md');

describe('content/put', () => {
  it('answers the checkpoint, the position and the durability of what it wrote', async () => {
    const deps = await contentWorld();
    const written = await put(deps, item, 'hello');
    const { checkpoint, position, durability } = written;
    assert.deepEqual(
      [checkpoint.dataHash, checkpoint.sizeBytes, checkpoint.timestampMs, checkpoint.version],
      [hashOf('hello'), 5, NOW, 1],
    );
    assert.deepEqual([position.space, position.offset, durability], [NOTES, 1, 'local']);
    const again = await put(deps, item, 'hello again', { modifiedMs: 77 });
    assert.deepEqual([again.checkpoint.timestampMs, again.checkpoint.version], [77, 2]);
    assert.equal(again.position.epoch, position.epoch);
  });

  it('writes an empty content', async () => {
    const { checkpoint } = await put(await contentWorld(), item, '');
    assert.deepEqual([checkpoint.sizeBytes, checkpoint.dataHash], [0, hashOf('')]);
  });

  it('checks size and hash while the content streams, and keeps nothing that differs', async () => {
    const deps = await contentWorld();
    const wrong = [
      putContent(deps, device(), order(item, 4), chunked('hello')),
      putContent(deps, device(), order(item, 6), chunked('hello')),
      put(deps, item, 'hello', { dataHash: hashOf('other') }),
    ];
    for (const write of wrong) assert.equal((await failure(write)).code, 'HASH_MISMATCH');
    assert.equal(await deps.store.spaces.head(NOTES, item), null);
    await put(deps, item, 'hello', { dataHash: hashOf('hello') });
  });

  it('refuses a content above the limit before it is sent', async () => {
    const error = await failure(put(await contentWorld(), item, 'x'.repeat(1001)));
    assert.deepEqual(
      [error.code, error.details.field, error.details.facts],
      ['ITEM_TOO_LARGE', 'header.size_bytes', { limit: '1000' }],
    );
  });

  it('overwrites only what the writer knows', async () => {
    const deps = await contentWorld();
    await put(deps, item, 'one');
    const condition = { kind: 'matches', dataHash: hashOf('one') } as const;
    await put(deps, item, 'two', { condition });
    for (const dataHash of [null, hashOf('three')]) {
      const error = await failure(put(deps, item, 'three', { condition, dataHash }));
      assert.equal(error.code, 'CONFLICT');
      const current = error.details.attachment as Checkpoint;
      assert.deepEqual([current.dataHash, current.version], [hashOf('two'), 2]);
    }
    assert.equal((await deps.store.spaces.head(NOTES, item))?.dataHash, hashOf('two'));
  });

  it('takes a write that took effect already, so that a lost answer can be asked for again', async () => {
    const deps = await contentWorld();
    await put(deps, item, 'one');
    const condition = { kind: 'matches', dataHash: hashOf('one') } as const;
    for (const dataHash of [hashOf('two'), hashOf('two'), null]) {
      const { checkpoint } = await put(deps, item, 'two', { condition, dataHash });
      assert.equal(checkpoint.version, 2);
    }
  });

  it('creates only what does not exist', async () => {
    const deps = await contentWorld();
    const condition = { kind: 'absent' } as const;
    await put(deps, item, 'one', { condition, dataHash: hashOf('one') });
    const error = await failure(put(deps, item, 'two', { condition, dataHash: hashOf('two') }));
    assert.equal(error.code, 'CONFLICT');
    await deleteContent(deps, device(), { space: NOTES, item, ifMatch: null });
    await put(deps, item, 'two', { condition });
    const missing = { kind: 'matches', dataHash: hashOf('x') } as const;
    const absent = await failure(put(deps, 'absent', 'x', { condition: missing, dataHash: hashOf('y') }));
    assert.deepEqual([absent.code, absent.details.attachment], ['CONFLICT', undefined]);
  });

  it('gives the hashes of the targets of edges that exist, parts first', async () => {
    const deps = await contentWorld();
    await put(deps, 'a.png', 'image');
    await put(deps, 'b.md', 'link');
    const edges = [
      { item: itemId('b.md'), kind: 'link' },
      { item: itemId('absent'), kind: 'part' },
      { item: itemId('a.png'), kind: 'part' },
    ] as const;
    const { checkpoint } = await put(deps, item, 'text', { edges });
    assert.deepEqual(checkpoint.dependencyHashes, [hashOf('image'), hashOf('link')]);
    assert.deepEqual(checkpoint.edges, edges);
  });

  it('writes only where the token grants it', async () => {
    const deps = await contentWorld();
    assert.equal((await failure(put(deps, item, 'x', {}, device('read')))).code, 'SPACE_FORBIDDEN');
    const elsewhere = put(deps, item, 'x', { space: spaceId('other') });
    assert.equal((await failure(elsewhere)).code, 'SPACE_FORBIDDEN');
    const missing = spaceId('missing');
    const granted = { ...device(), grants: new Map([[missing, 'write' as const]]) };
    assert.equal((await failure(put(deps, item, 'x', { space: missing }, granted))).code, 'SPACE_UNKNOWN');
    const making = { ...deps, autoCreate: { shards: 3 } };
    await put(making, item, 'x', { space: missing }, granted);
    assert.equal((await deps.store.spaces.meta(missing))?.shards, 3);
  });

  it('lets only a backend address a change', async () => {
    const deps = await contentWorld();
    const audience = [pseudonym('b'.repeat(32))];
    const error = await failure(put(deps, item, 'x', { audience }));
    assert.equal(error.details.field, 'header.audience');
    const { position } = await put(deps, item, 'x', { audience }, backend);
    const page = await deps.store.spaces.readLog(NOTES, position.shard, 0, 10);
    assert.ok(page.kind === 'page');
    assert.deepEqual(
      page.changes.map((change) => [change.writer, change.audience]),
      [[null, audience]],
    );
  });
});

describe('content/delete', () => {
  it('deletes what is there, if it is what the caller knows', async () => {
    const deps = await contentWorld();
    await put(deps, item, 'one');
    const stale = deleteContent(deps, device(), { space: NOTES, item, ifMatch: hashOf('zero') });
    const error = await failure(stale);
    assert.equal(error.code, 'CONFLICT');
    assert.equal((error.details.attachment as Checkpoint).dataHash, hashOf('one'));
    const deleted = await deleteContent(deps, device(), { space: NOTES, item, ifMatch: hashOf('one') });
    assert.deepEqual([deleted.position.offset, deleted.durability], [2, 'local']);
    const gone = getContent(deps, device(), { space: NOTES, item, ifNoneMatch: null });
    assert.equal((await failure(gone)).code, 'ITEM_UNKNOWN');
  });

  it('knows no item that was deleted or never was', async () => {
    const deps = await contentWorld();
    const drop = (ifMatch: ReturnType<typeof hashOf> | null) =>
      failure(deleteContent(deps, device(), { space: NOTES, item, ifMatch }));
    assert.equal((await drop(null)).code, 'ITEM_UNKNOWN');
    assert.equal((await drop(hashOf('x'))).code, 'ITEM_UNKNOWN');
    const reader = deleteContent(deps, device('read'), { space: NOTES, item, ifMatch: null });
    assert.equal((await failure(reader)).code, 'SPACE_FORBIDDEN');
  });
});
