import assert from 'node:assert/strict';
import { getContent } from '../../../src/content/get.js';
import { listContent } from '../../../src/content/list.js';
import { itemId, spaceId } from '../../../src/domain/ids.js';
import { backend, contentWorld, device, failure, hashOf, NOTES, put } from './fixture.js';

const item = itemId('docs/plan.md');

async function chunksOf(content: AsyncIterable<Uint8Array>): Promise<string[]> {
  const chunks: string[] = [];
  for await (const chunk of content) chunks.push(Buffer.from(chunk).toString());
  return chunks;
}

describe('content/get', () => {
  it('reads a content in chunks of the limit', async () => {
    const deps = await contentWorld();
    await put(deps, item, 'abcdefghijklmnopqrstuvwxy');
    const read = await getContent(deps, device('read'), { space: NOTES, item, ifNoneMatch: hashOf('other') });
    assert.ok(read.kind === 'found');
    assert.deepEqual(await chunksOf(read.content), ['abcdefghij', 'klmnopqrst', 'uvwxy']);
    assert.equal(read.checkpoint.sizeBytes, 25);
  });

  it('sends no content that the reader has, and none for an empty one', async () => {
    const deps = await contentWorld();
    await put(deps, item, '');
    const order = { space: NOTES, item, ifNoneMatch: null };
    const read = await getContent(deps, device(), order);
    assert.ok(read.kind === 'found');
    assert.deepEqual(await chunksOf(read.content), []);
    const known = await getContent(deps, device(), { ...order, ifNoneMatch: hashOf('') });
    assert.equal(known.kind, 'not-modified');
  });

  it('adds what is kept for the user, for their devices alone', async () => {
    const deps = await contentWorld();
    await put(deps, item, 'text');
    const { user } = device();
    const kept = {
      item,
      dataHash: hashOf('text'),
      version: 1,
      timestampMs: 1,
      dependencyHashes: [],
      userContext: '{"last":[]}',
      predictionScore: 0.5,
    };
    await deps.store.users.saveCheckpoints(user, NOTES, [kept]);
    const order = { space: NOTES, item, ifNoneMatch: null };
    const [own, others, plain] = await Promise.all([
      getContent(deps, device(), order),
      getContent(deps, device('read', 'b'), order),
      getContent(deps, backend, order),
    ]);
    assert.deepEqual([own.checkpoint.userContext, own.checkpoint.predictionScore], ['{"last":[]}', 0.5]);
    for (const { checkpoint } of [others, plain]) {
      assert.deepEqual([checkpoint.userContext, checkpoint.predictionScore], ['', 0]);
    }
  });

  it('says that it has to be read again when the content is gone', async () => {
    const deps = await contentWorld();
    await put(deps, item, 'text');
    const blobs = { ...deps.store.blobs, read: () => Promise.resolve(null) };
    const order = { space: NOTES, item, ifNoneMatch: null };
    const read = await getContent({ ...deps, store: { ...deps.store, blobs } }, device(), order);
    assert.ok(read.kind === 'found');
    assert.equal((await failure(chunksOf(read.content))).code, 'STORE_UNAVAILABLE');
  });

  it('knows no other items and no other spaces', async () => {
    const deps = await contentWorld();
    const order = { space: NOTES, item, ifNoneMatch: null };
    const unknown = await failure(getContent(deps, device(), order));
    assert.deepEqual([unknown.code, unknown.details.field], ['ITEM_UNKNOWN', 'item']);
    const forbidden = getContent(deps, device(), { ...order, space: spaceId('other') });
    assert.equal((await failure(forbidden)).code, 'SPACE_FORBIDDEN');
  });
});

describe('content/list', () => {
  it('lists by prefix, page by page, in order of the ids’ bytes', async () => {
    const deps = await contentWorld();
    for (const name of ['b/2', 'a', 'b/10', 'b/1', 'ü', 'c']) await put(deps, name, name);
    const list = (prefix: string, after: string, pageSize: number) =>
      listContent(deps, device('read'), { space: NOTES, prefix, after, pageSize });
    const names = async (page: ReturnType<typeof list>) => {
      const { checkpoints, next } = await page;
      return [checkpoints.map((checkpoint) => checkpoint.item), next];
    };
    assert.deepEqual(await names(list('', '', 4)), [['a', 'b/1', 'b/10', 'b/2'], 'b/2']);
    assert.deepEqual(await names(list('', 'b/2', 4)), [['c', 'ü'], null]);
    assert.deepEqual(await names(list('b/', '', 3)), [['b/1', 'b/10', 'b/2'], null]);
    assert.deepEqual(await names(list('x', '', 3)), [[], null]);
  });
});
