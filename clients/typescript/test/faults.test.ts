import assert from 'node:assert/strict';
import type { ServerEvent } from '@foresync/protocol';
import { ContentEncoding } from '@foresync/protocol';
import { fromHex } from '../src/hex.js';
import { bytesOf, checkpointFor, hashOf, textOf } from './support/checkpoints.js';
import { pushOf, transferOf } from './support/fake-session.js';
import { eventually, withClient } from './support/with-client.js';

const good = bytesOf('as it should be');
const bad = bytesOf('as it should bE');
const large = new Uint8Array(50_000).map((_, index) => index % 241);
const checkpoint = checkpointFor('a', good);
const DELTA = ContentEncoding.CONTENT_ENCODING_DELTA;

describe('a client and a server that errs', () => {
  it('never shows a corrupt push, and asks for the whole content', () =>
    withClient({}, async ({ client, session, heard }) => {
      const delivery = session.push(checkpoint, bad);
      const request = await session.next('request');
      assert.deepEqual([request.item, request.latest], ['a', undefined]);
      assert.equal(client.held('s', 'a'), undefined);
      const ack = await eventually(
        () => session.all('ack').find(({ rejected }) => rejected.length > 0),
        'rejected',
      );
      assert.deepEqual(ack.rejected, [BigInt(delivery)]);
      session.answer(request.requestId, checkpoint, good);
      await eventually(() => client.held('s', 'a'), 'held');
      const rejected = heard.find((event) => event.kind === 'rejected');
      assert.ok(rejected?.kind === 'rejected' && rejected.again && rejected.problem.includes('hash'));
      assert.equal(client.stats.rejected, 1);
    }));

  it('asks at most three times again, then tells whoever waits', () =>
    withClient({}, async ({ client, session, heard }) => {
      const opening = assert.rejects(client.open('s', 'a'), { code: 'CONTENT_CORRUPT' });
      for (let time = 0; time < 4; time++) {
        const { requestId, latest } = await session.next('request');
        assert.equal(latest, undefined);
        session.answer(requestId, checkpoint, bad);
      }
      await opening;
      await session.acknowledged(session.push(checkpoint, bad));
      assert.equal(
        session.all('request').length,
        4,
        'a content that was given up is not asked for when it is pushed',
      );
      assert.equal(client.stats.rejected, 5);
      const again = heard.flatMap((event) => (event.kind === 'rejected' ? [event.again] : []));
      assert.deepEqual(again, [true, true, true, false, false]);
      const reopening = client.open('s', 'a');
      session.answer((await session.next('request')).requestId, checkpoint, good);
      assert.equal(textOf((await reopening).content), 'as it should be');
    }));

  it('gives a corrupt push up after three requests that nobody waits for', () =>
    withClient({}, async ({ client, session }) => {
      session.push(checkpoint, bad);
      for (let time = 0; time < 3; time++) {
        session.answer((await session.next('request')).requestId, checkpoint, bad);
      }
      await eventually(() => client.stats.rejected === 4, 'four rejections');
      await session.acknowledged(session.push(checkpointFor('b', good), good));
      assert.equal(session.all('request').length, 3);
    }));

  const transfers: [string, (chunks: Chunks) => Chunks, RegExp][] = [
    ['a corrupt chunk', (chunks) => changed(chunks, 1, { data: new Uint8Array(20_000) }), /hash/],
    ['a chunk that is missing', (chunks) => chunks.filter((_, index) => index !== 1), /goes on at/],
    ['a transfer that ends early', (chunks) => changed(chunks, 1, { last: true }), /ends after/],
    [
      'more than was announced',
      (chunks) => changed(chunks, 2, { data: new Uint8Array(10_001) }),
      /more than/,
    ],
    ['a chunk twice', (chunks) => [...chunks.slice(0, 2), ...chunks.slice(1)], /goes on at/],
  ];
  for (const [what, spoil, problem] of transfers) {
    it(`drops ${what}, and asks again`, () =>
      withClient({}, async ({ client, session, heard }) => {
        const big = checkpointFor('big', large);
        const { header, chunks } = transferOf(big, large, 5n, 20_000);
        const delivery = session.tell({ $case: 'push', value: header });
        session.tell(...spoil(chunks));
        const { requestId } = await session.next('request');
        const told = await eventually(
          () => session.all('ack').find(({ rejected }) => rejected.length > 0),
          'rejected',
        );
        assert.deepEqual(told.rejected, [BigInt(delivery)]);
        assert.ok(heard.some((event) => event.kind === 'rejected' && problem.test(event.problem)));
        const answer = transferOf(big, large, 6n, 20_000);
        session.tell({
          $case: 'answer',
          value: { requestId, result: { $case: 'found', value: answer.header } },
        });
        session.tell(...answer.chunks);
        await eventually(() => client.held('s', 'big'), 'held');
        assert.equal(hashOf((await client.open('s', 'big')).content), hashOf(large));
      }));
  }

  it('forgets a transfer that is cancelled, and chunks of one that it does not know', () =>
    withClient({}, async ({ client, session }) => {
      const { header, chunks } = transferOf(checkpointFor('big', large), large, 5n, 20_000);
      session.tell({ $case: 'push', value: header }, ...chunks.slice(0, 1));
      const value = { transfer: 5n, offset: 0n, data: new Uint8Array(0), last: true, cancelled: true };
      await session.acknowledged(session.tell({ $case: 'chunk', value }, ...chunks.slice(1)));
      assert.equal(client.held('s', 'big'), undefined);
      assert.deepEqual([client.stats.rejected, session.all('request').length], [0, 0]);
    }));

  it('refuses to make room for what is larger than announced or allowed', () =>
    withClient({}, async ({ session, heard }) => {
      const tooLong = pushOf(checkpoint, new Uint8Array(0), { transfer: 1n, encodedBytes: 2n ** 40n });
      const { header } = transferOf(checkpointFor('big', large), large, 2n, 20_000);
      session.tell({ $case: 'push', value: tooLong }, { $case: 'push', value: header });
      await session.acknowledged(session.tell({ $case: 'push', value: header }));
      const problems = heard.flatMap((event) => (event.kind === 'rejected' ? [event.problem] : []));
      assert.match(problems[0] ?? '', /takes 1099511627776 bytes/);
      assert.match(problems[1] ?? '', /number of another transfer/);
    }));

  it('asks in full when a delta does not fit what it holds', () =>
    withClient({}, async ({ client, session, heard }) => {
      session.push(checkpointFor('a', bytesOf('what is held')), bytesOf('what is held'));
      const next = checkpointFor('a', good, { version: 2 });
      session.push(next, Uint8Array.of(1, 2, 3), { encoding: DELTA, baseHash: fromHex(hashOf(bad)) });
      const first = await session.next('request');
      assert.equal(first.latest, undefined);
      assert.equal(client.held('s', 'a')?.stale, true);
      const baseHash = fromHex(hashOf(bytesOf('what is held')));
      session.answer(first.requestId, next, Uint8Array.of(1, 2, 3), { encoding: DELTA, baseHash });
      const second = await session.next('request');
      session.answer(second.requestId, next, good);
      assert.equal(textOf((await client.open('s', 'a')).content), 'as it should be');
      const problems = heard.flatMap((event) => (event.kind === 'rejected' ? [event.problem] : []));
      assert.match(problems.join(), /does not hold.*is a delta that/);
    }));

  it('takes the same push twice for one', () =>
    withClient({}, async ({ client, session }) => {
      session.push(checkpoint, good);
      await session.acknowledged(session.push(checkpoint, good));
      assert.deepEqual(client.stats.held, { items: 1, bytes: good.length });
      assert.deepEqual(
        session.all('ack').flatMap(({ evicted }) => evicted),
        [],
      );
    }));

  it('ignores and acknowledges what it does not understand', () =>
    withClient({}, async ({ session }) => {
      await session.acknowledged(session.tell(undefined, undefined));
    }));

  it('leaves a server that sends what cannot be, and comes back', () =>
    withClient({}, async ({ client, server, session, heard }) => {
      session.tell({ $case: 'push', value: pushOf({ ...checkpoint, item: '' }, good) });
      await (await server.accept()).welcome();
      await eventually(() => client.state === 'live', 'live');
      const lost = heard.find((event) => event.kind === 'connection' && event.state === 'waiting');
      assert.ok(lost?.kind === 'connection' && lost.error?.code === 'INTERNAL');
    }));

  it('fails an open that is answered without a content', () =>
    withClient({}, async ({ client, session }) => {
      const opening = assert.rejects(client.open('s', 'a'), { code: 'INTERNAL' });
      const { requestId } = await session.next('request');
      const encoding = ContentEncoding.CONTENT_ENCODING_NONE;
      session.answer(requestId, checkpoint, new Uint8Array(0), { encoding });
      await opening;
      const reopening = assert.rejects(client.open('s', 'a'), { code: 'INTERNAL' });
      const next = await session.next('request');
      session.tell({ $case: 'answer', value: { requestId: next.requestId, result: undefined } });
      await reopening;
    }));
});

type Chunks = NonNullable<ServerEvent['event']>[];
type Chunk = Extract<Chunks[number], { $case: 'chunk' }>['value'];

function changed(chunks: Chunks, at: number, change: Partial<Chunk>): Chunks {
  return chunks.map((event, index) =>
    index === at && event.$case === 'chunk' ? { ...event, value: { ...event.value, ...change } } : event,
  );
}
