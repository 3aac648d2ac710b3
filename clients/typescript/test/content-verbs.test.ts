import assert from 'node:assert/strict';
import type { GetResponse, PutHeader, PutRequest } from '@foresync/protocol';
import { Checkpoint, ErrorInfo } from '@foresync/protocol';
import { toHex } from '../src/hex.js';
import { wireCheckpoint } from '../src/wire-checkpoint.js';
import { bytesOf, checkpointFor, hashOf, textOf } from './support/checkpoints.js';
import type { ContentScript } from './support/fake-server.js';
import { Refusal } from './support/fake-server.js';
import { invalidation } from './support/server-events.js';
import { eventually, withClient } from './support/with-client.js';

const content = bytesOf('my edit');

describe('writing', () => {
  it('sends content in chunks with its hash, and holds it then', () => {
    const puts: (readonly PutRequest[])[] = [];
    const large = new Uint8Array(600_000).fill(7);
    return withClient({ script: { put: accepting(puts) } }, async ({ client, session }) => {
      const edges = [{ item: 'image', kind: 'part' as const }];
      const writing = client.write('s', 'doc', large, { edges, modifiedMs: 12 });
      large.fill(8);
      const { checkpoint, durability } = await writing;
      assert.deepEqual([checkpoint.version, durability], [1, 'replicated']);
      const [parts = []] = puts;
      const header = headerOf(parts);
      assert.deepEqual([header.sizeBytes, header.modifiedMs, header.createOnly], [600_000n, 12n, false]);
      assert.deepEqual(header.edges, [{ item: 'image', kind: 1 }]);
      const sent = chunksOf(parts);
      assert.deepEqual(
        sent.map(({ length }) => length),
        [262_144, 262_144, 75_712],
      );
      assert.equal(toHex(header.dataHash), hashOf(Buffer.concat(sent)));
      assert.deepEqual(new Set(Buffer.concat(sent)), new Set([7]));
      const held = await eventually(() => session.all('ack').flatMap((ack) => ack.held)[0], 'held');
      assert.deepEqual([held.item, toHex(held.dataHash)], ['doc', toHex(header.dataHash)]);
      assert.equal((await client.open('s', 'doc')).waitMs, 0);
    });
  });

  it('writes over what it holds and nothing else, if it is asked to', () => {
    const puts: (readonly PutRequest[])[] = [];
    return withClient({ script: { put: accepting(puts, 'rising') } }, async ({ client, session }) => {
      const edges = [{ item: 'b', kind: 'link' as const }];
      await client.write('s', 'a', content, { ifMatch: 'current' });
      await session.acknowledged(
        session.push(checkpointFor('a', bytesOf('theirs'), { version: 15, edges }), bytesOf('theirs')),
      );
      await client.write('s', 'a', content, { ifMatch: 'current' });
      await client.write('s', 'a', content, { ifMatch: 'a'.repeat(64), edges: [] });
      await client.write('s', 'a', content);
      const headers = puts.map(headerOf);
      assert.deepEqual(
        headers.map(({ createOnly }) => createOnly),
        [true, false, false, false],
      );
      assert.deepEqual(
        headers.map(({ ifMatch }) => toHex(ifMatch)),
        ['', hashOf(bytesOf('theirs')), 'a'.repeat(64), ''],
      );
      assert.deepEqual(
        headers.map(({ edges: sent }) => sent.length),
        [0, 1, 0, 0],
      );
      await assert.rejects(client.write('s', 'a', content, { ifMatch: 'nonsense' }), {
        code: 'FIELD_INVALID',
      });
    });
  });

  it('says on a conflict what is current, and changes nothing', () => {
    const theirs = checkpointFor('a', bytesOf('theirs'), { version: 9 });
    const details = [
      {
        typeUrl: 'type.googleapis.com/google.rpc.ErrorInfo',
        value: ErrorInfo.encode({ reason: 'CONFLICT', domain: 'foresync', metadata: {} }).finish(),
      },
      {
        typeUrl: 'type.googleapis.com/foresync.v1.Checkpoint',
        value: Checkpoint.encode(wireCheckpoint(theirs)).finish(),
      },
    ];
    const put = () => {
      throw new Refusal(10, '[CONFLICT] the item has another content now', details);
    };
    return withClient({ script: { put } }, async ({ client }) => {
      const thrown = await client.write('s', 'a', content).catch((error: unknown) => error);
      assert.ok(thrown instanceof Error && 'code' in thrown && 'details' in thrown);
      assert.deepEqual(
        [thrown.code, thrown.message],
        ['CONFLICT', '[CONFLICT] the item has another content now'],
      );
      assert.deepEqual((thrown.details as { checkpoint: unknown }).checkpoint, theirs);
      assert.equal(client.held('s', 'a'), undefined);
    });
  });

  it('serves those who wait for the item, and ignores what was said before', () =>
    withClient({ script: { put: accepting([], 5) } }, async ({ client, session }) => {
      const opening = client.open('s', 'a');
      await session.next('request');
      await client.write('s', 'a', content);
      assert.equal(textOf((await opening).content), 'my edit');
      await session.acknowledged(session.tell(invalidation('a', 4n)));
      assert.equal(client.held('s', 'a')?.stale, false);
    }));

  it('does not take an older write for what is held', () =>
    withClient({ script: { put: accepting([], 3) } }, async ({ client, session }) => {
      await session.acknowledged(
        session.push(checkpointFor('a', bytesOf('newer'), { version: 8 }), bytesOf('newer')),
      );
      await client.write('s', 'a', content);
      assert.equal(client.held('s', 'a')?.checkpoint.version, 8);
    }));

  it('tries once more with another token', () => {
    const tokens: string[] = [];
    let count = 0;
    const put: ContentScript['put'] = (parts, token) => {
      tokens.push(token);
      if (tokens.length === 1) throw new Refusal(16, 'expired');
      return accepting([])(parts, token);
    };
    return withClient(
      { script: { put }, token: () => Promise.resolve(`token ${++count}`) },
      async ({ client }) => {
        await client.write('s', 'a', content);
        assert.deepEqual(tokens, ['token 1', 'token 2']);
      },
    );
  });

  it('gives up when the caller does', () =>
    withClient({ script: { put: accepting([]) } }, async ({ client }) => {
      const signal = AbortSignal.abort();
      await assert.rejects(client.write('s', 'a', content, { signal }), { code: 'CANCELLED' });
      await assert.rejects(client.list('s', { signal })[Symbol.asyncIterator]().next(), {
        code: 'CANCELLED',
      });
      await assert.rejects(client.get('s', 'a', { signal }), { code: 'CANCELLED' });
    }));
});

describe('removing, listing and getting', () => {
  it('removes an item, and what is held of it', () => {
    const requests: unknown[] = [];
    const remove: ContentScript['delete'] = (request) => {
      requests.push([request.item, toHex(request.ifMatch)]);
      return { position: undefined, durability: 1 };
    };
    return withClient({ script: { delete: remove } }, async ({ client, session }) => {
      await session.acknowledged(session.push(checkpointFor('a', content), content));
      await client.remove('s', 'a', { ifMatch: 'current' });
      assert.deepEqual(requests, [['a', hashOf(content)]]);
      assert.equal(client.held('s', 'a'), undefined);
      await eventually(() => session.all('ack').some(({ evicted }) => evicted.length === 1), 'evicted');
    });
  });

  it('lists page after page, as far as it is read', () => {
    const asked: unknown[] = [];
    const list: ContentScript['list'] = ({ prefix, pageToken }) => {
      asked.push([prefix, pageToken]);
      const page = Number(pageToken || '0');
      return {
        checkpoints: [wireCheckpoint(checkpointFor(`doc ${page}`, content))],
        nextPageToken: page < 9 ? `${page + 1}` : '',
      };
    };
    return withClient({ script: { list } }, async ({ client }) => {
      const items: string[] = [];
      for await (const { item } of client.list('s', { prefix: 'doc' })) {
        items.push(item);
        if (items.length === 3) break;
      }
      assert.deepEqual(items, ['doc 0', 'doc 1', 'doc 2']);
      assert.deepEqual(asked, [
        ['doc', ''],
        ['doc', '1'],
        ['doc', '2'],
      ]);
    });
  });

  it('gets an item past the buffer, verified', () => {
    const checkpoint = checkpointFor('a', content);
    const first: GetResponse = { part: { $case: 'checkpoint', value: wireCheckpoint(checkpoint) } };
    const chunk = (bytes: Uint8Array): GetResponse => ({ part: { $case: 'chunk', value: bytes } });
    const answers = [
      [first, chunk(content.subarray(0, 3)), chunk(content.subarray(3))],
      [first, chunk(content.subarray(0, 3))],
      [first, chunk(bytesOf('my edi'))],
      [first, chunk(bytesOf('my edit!'))],
      [chunk(content)],
      [],
    ];
    return withClient({ script: { get: () => answers.shift() ?? [] } }, async ({ client, session }) => {
      const got = await client.get('s', 'a');
      assert.deepEqual([textOf(got.content), got.checkpoint], ['my edit', checkpoint]);
      assert.equal(client.held('s', 'a'), undefined);
      for (const left of answers) {
        await assert.rejects(client.get('s', 'a'), { code: 'CONTENT_CORRUPT' }, `${left.length} parts`);
      }
      assert.deepEqual(session.all('request'), []);
    });
  });
});

function accepting(puts: (readonly PutRequest[])[], version: number | 'rising' = 1): ContentScript['put'] {
  return (parts) => {
    puts.push(parts);
    const { item } = headerOf(parts);
    const made = version === 'rising' ? puts.length * 10 : version;
    const checkpoint = wireCheckpoint(checkpointFor(item, Buffer.concat(chunksOf(parts)), { version: made }));
    return { checkpoint, position: undefined, durability: 2 };
  };
}

function headerOf(parts: readonly PutRequest[]): PutHeader {
  const part = parts[0]?.part;
  assert.ok(part?.$case === 'header');
  return part.value;
}

function chunksOf(parts: readonly PutRequest[]): Uint8Array[] {
  return parts.flatMap(({ part }) => (part?.$case === 'chunk' ? [part.value] : []));
}
