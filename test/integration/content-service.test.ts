import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { status } from '@grpc/grpc-js';
import type {
  Checkpoint as WireCheckpoint,
  GetResponse,
  PutHeader,
  PutRequest,
  PutResponse,
  FetchResponse,
  WatchResponse,
} from '@foresync/protocol';
import {
  Checkpoint,
  ContentEncoding,
  ContentServiceDefinition,
  DeleteRequest,
  Durability,
  EdgeKind,
  FetchRequest,
  GetRequest,
  ListRequest,
  PutHeader as PutHeaderCodec,
  SyncServiceDefinition,
  WatchRequest,
} from '@foresync/protocol';
import { all, Caller, callFailure } from '../support/calls.js';
import type { RpcWorld } from '../support/rpc-world.js';
import { rpcWorld } from '../support/rpc-world.js';

const CHUNK = 256 * 1024;
const { methods } = ContentServiceDefinition;

describe('ContentService over gRPC', () => {
  let world: RpcWorld;
  let caller: Caller;
  let fetcher: Caller;

  before(async () => {
    world = await rpcWorld();
    const token = await world.tokens.token({});
    caller = new Caller(world.port, ContentServiceDefinition, token);
    fetcher = new Caller(world.port, SyncServiceDefinition, token);
  });
  after(async () => {
    caller.close();
    fetcher.close();
    await world.stop();
  });

  const put = (item: string, content: Buffer, header: Partial<PutHeader> = {}): Promise<PutResponse> =>
    caller.upload(methods.put, putRequests(item, content, header));
  const get = (item: string, ifNoneMatch: Uint8Array = new Uint8Array(0)): Promise<GetResponse[]> =>
    all(caller.download(methods.get, GetRequest.create({ space: 'notes', item, ifNoneMatch })));

  it('brings back a content of several chunks, byte by byte', async () => {
    const content = Buffer.alloc(CHUNK * 2 + 17, 'foresync ');
    const written = await put('docs/large.bin', content, { dataHash: sha256(content) });
    assert.equal(written.durability, Durability.DURABILITY_LOCAL);
    assert.equal(written.position?.offset, written.checkpoint?.version);
    const [head, ...chunks] = await get('docs/large.bin');
    assert.ok(head?.part?.$case === 'checkpoint');
    assert.deepEqual(Buffer.from(head.part.value.dataHash), sha256(content));
    assert.deepEqual(chunks.map(sizeOf), [CHUNK, CHUNK, 17]);
    assert.deepEqual(Buffer.concat(chunks.map(chunkOf)), content);
  });

  it('sends nothing that the reader holds', async () => {
    const content = Buffer.from('known');
    await put('known', content);
    const [only, ...more] = await get('known', sha256(content));
    assert.ok(only?.part?.$case === 'notModified');
    assert.deepEqual([only.part.value.item, more.length], ['known', 0]);
  });

  it('refuses to overwrite what the writer does not know, and says what is there', async () => {
    await put('contested', Buffer.from('one'));
    await put('contested', Buffer.from('two'), { ifMatch: sha256(Buffer.from('one')) });
    const failure = await callFailure(() =>
      put('contested', Buffer.from('three'), { ifMatch: sha256(Buffer.from('one')) }),
    );
    assert.deepEqual([failure.status, failure.code], [status.ABORTED, 'CONFLICT']);
    const current = failure.detail('foresync.v1.Checkpoint', Checkpoint);
    assert.deepEqual(Buffer.from(current?.dataHash ?? []), sha256(Buffer.from('two')));
    assert.deepEqual(chunkOf((await get('contested'))[1]), Buffer.from('two'));
  });

  it('deletes', async () => {
    await put('doomed', Buffer.from('x'));
    const request = { space: 'notes', item: 'doomed', ifMatch: sha256(Buffer.from('y')) };
    const failure = await callFailure(() => caller.unary(methods.delete, DeleteRequest.create(request)));
    assert.equal(failure.code, 'CONFLICT');
    const gone = await caller.unary(methods.delete, DeleteRequest.create({ space: 'notes', item: 'doomed' }));
    assert.equal(gone.durability, Durability.DURABILITY_LOCAL);
    assert.equal((await callFailure(() => get('doomed'))).status, status.NOT_FOUND);
  });

  it('lists page by page', async () => {
    for (const name of ['list/a', 'list/b', 'list/c']) await put(name, Buffer.from(name));
    const first = await caller.unary(
      methods.list,
      ListRequest.create({ space: 'notes', prefix: 'list/', pageSize: 2 }),
    );
    const second = await caller.unary(
      methods.list,
      ListRequest.create({ space: 'notes', prefix: 'list/', pageToken: first.nextPageToken }),
    );
    const names = (page: { checkpoints: WireCheckpoint[] }) => page.checkpoints.map(({ item }) => item);
    assert.deepEqual(
      [names(first), names(second), second.nextPageToken],
      [['list/a', 'list/b'], ['list/c'], ''],
    );
  });

  it('lists in smaller pages what a client would not take in one', async () => {
    const edges = Array.from({ length: 256 }, (_, n) => ({
      item: `${n}`.padEnd(512, 'x'),
      kind: EdgeKind.EDGE_KIND_LINK,
    }));
    const names = Array.from({ length: 40 }, (_, n) => `heavy/${n + 10}`);
    for (const name of names) await put(name, Buffer.from(name), { edges });
    const found: string[] = [];
    for (let pageToken = ''; ; ) {
      const page = await caller.unary(
        methods.list,
        ListRequest.create({ space: 'notes', prefix: 'heavy/', pageSize: 1000, pageToken }),
      );
      found.push(...page.checkpoints.map(({ item }) => item));
      pageToken = page.nextPageToken;
      if (pageToken === '') break;
    }
    assert.deepEqual(found, names);
  });

  it('watches from positions on', async () => {
    const pages = caller.download(methods.watch, WatchRequest.create({ space: 'notes', prefix: 'watched/' }));
    const start = await pages.next();
    assert.ok(start.done !== true);
    assert.equal(start.value.positions.length, 2);
    await put('elsewhere', Buffer.from('x'));
    await put('watched/a', Buffer.from('y'));
    const { change, positions } = await nextChange(pages);
    assert.deepEqual([change.item, Buffer.from(change.dataHash)], ['watched/a', sha256(Buffer.from('y'))]);
    await put('watched/b', Buffer.from('z'));
    const resumed = caller.download(
      methods.watch,
      WatchRequest.create({
        space: 'notes',
        positions: [
          ...start.value.positions.filter(({ shard }) => positions[0]?.shard !== shard),
          ...positions,
        ],
        prefix: 'watched/',
      }),
    );
    assert.equal((await nextChange(resumed)).change.item, 'watched/b');
    await pages.return(undefined);
    await resumed.return(undefined);
    const stale = [{ space: 'notes', shard: 0, epoch: 'gone', offset: 3n }];
    const failure = await callFailure(() =>
      all(caller.download(methods.watch, WatchRequest.create({ space: 'notes', positions: stale }))),
    );
    assert.deepEqual([failure.status, failure.code], [status.OUT_OF_RANGE, 'COMPACTED']);
  });

  it('answers a Request without a stream: inline, in chunks, or not at all', async () => {
    const ask = (item: string, dataHash?: Buffer) => {
      const latest =
        dataHash === undefined ? undefined : Checkpoint.create({ space: 'notes', item, dataHash });
      const request = { requestId: 3n, space: 'notes', item, latest };
      return all(fetcher.download(SyncServiceDefinition.methods.fetch, FetchRequest.create({ request })));
    };
    const small = Buffer.from('small');
    const large = Buffer.alloc(CHUNK + 5, 'large');
    await put('fetch/small', small);
    await put('fetch/large', large);
    await put('fetch/empty', Buffer.alloc(0));
    const [inline, ...none] = await ask('fetch/small');
    assert.deepEqual(none, []);
    const found = foundIn(inline);
    assert.deepEqual(
      [found.encoding, Buffer.from(found.content), found.transfer],
      [ContentEncoding.CONTENT_ENCODING_IDENTITY, small, 0n],
    );
    const [announced, ...chunks] = await ask('fetch/large');
    assert.deepEqual(
      [foundIn(announced).transfer, foundIn(announced).encodedBytes],
      [1n, BigInt(large.length)],
    );
    const parts = chunks.map(({ part }) => (part?.$case === 'chunk' ? part.value : assert.fail()));
    assert.deepEqual(Buffer.concat(parts.map(({ data }) => data)), large);
    assert.deepEqual(
      parts.map(({ offset, last }) => [offset, last]),
      [
        [0n, false],
        [BigInt(CHUNK), true],
      ],
    );
    assert.equal(foundIn((await ask('fetch/empty'))[0]).encodedBytes, 0n);
    const [known] = await ask('fetch/small', sha256(small));
    assert.ok(known?.part?.$case === 'answer' && known.part.value.result?.$case === 'notModified');
    const failure = await callFailure(() => ask('fetch/absent'));
    assert.deepEqual([failure.status, failure.code], [status.NOT_FOUND, 'ITEM_UNKNOWN']);
  });
});

function putRequests(item: string, content: Buffer, header: Partial<PutHeader>): PutRequest[] {
  const made = PutHeaderCodec.create({ space: 'notes', item, sizeBytes: BigInt(content.length), ...header });
  const requests: PutRequest[] = [{ part: { $case: 'header', value: made } }];
  for (let at = 0; at < content.length; at += CHUNK) {
    requests.push({ part: { $case: 'chunk', value: content.subarray(at, at + CHUNK) } });
  }
  return requests;
}

async function nextChange(pages: AsyncGenerator<WatchResponse>) {
  for (let next = await pages.next(); next.done !== true; next = await pages.next()) {
    const [change] = next.value.changes;
    if (change !== undefined) return { change, positions: next.value.positions };
  }
  return assert.fail('the watch ended');
}

function foundIn(response: FetchResponse | undefined) {
  const answer = response?.part?.$case === 'answer' ? response.part.value : assert.fail('no answer');
  return answer.result?.$case === 'found' ? answer.result.value : assert.fail('nothing found');
}

function chunkOf(response: GetResponse | undefined): Buffer {
  return response?.part?.$case === 'chunk' ? Buffer.from(response.part.value) : assert.fail('no chunk');
}

const sizeOf = (response: GetResponse): number => chunkOf(response).length;

function sha256(content: Buffer): Buffer {
  return createHash('sha256').update(content).digest();
}
