import assert from 'node:assert/strict';
import { ContentEncoding } from '@foresync/protocol';
import { encodeDelta } from '@foresync/protocol/delta';
import { fromHex, toHex } from '../src/hex.js';
import { wireCheckpoint } from '../src/wire-checkpoint.js';
import { bytesOf, checkpointFor, hashOf, textOf } from './support/checkpoints.js';
import { transferOf } from './support/fake-session.js';
import { invalidation } from './support/server-events.js';
import { eventually, withClient } from './support/with-client.js';

const first = bytesOf('the first content');
const second = bytesOf('the second content');
const large = new Uint8Array(100_000).map((_, index) => index % 251);
const NONE = new Uint8Array(0);

describe('a session', () => {
  it('opens at once what was pushed, and tells that it did', () =>
    withClient({}, async ({ client, session, heard }) => {
      const reasons = [{ code: 'opened_after', text: 'opened after it', weight: 1 }];
      await session.acknowledged(session.push(checkpointFor('a', first), first, { reasons }));
      const opened = await client.open('s', 'a');
      assert.equal(textOf(opened.content), 'the first content');
      assert.deepEqual([opened.source, opened.waitMs, opened.stale], ['buffer', 0, false]);
      const told = await eventually(() => session.all('ack').flatMap((ack) => ack.opened)[0], 'opened');
      assert.deepEqual([told.item, toHex(told.dataHash), told.zeroWait], ['a', hashOf(first), true]);
      assert.ok(
        heard.some((event) => event.kind === 'pushed' && event.content && event.reasons.length === 1),
      );
      assert.deepEqual([client.stats.pushed, client.stats.zeroWait], [1, 1]);
    }));

  it('asks for what it does not hold, once for all who wait', () =>
    withClient({}, async ({ client, session }) => {
      const waiting = [client.open('s', 'a'), client.open('s', 'a'), client.open('s', 'a')];
      const request = await session.next('request');
      assert.deepEqual([request.space, request.item, request.latest], ['s', 'a', undefined]);
      session.answer(request.requestId, checkpointFor('a', first), first);
      const opened = await Promise.all(waiting);
      assert.ok(opened.every(({ source, waitMs }) => source === 'network' && waitMs > 0));
      assert.equal(session.all('request').length, 1);
      assert.equal((await client.open('s', 'a')).source, 'buffer');
    }));

  it('gives each caller a copy of their own', () =>
    withClient({}, async ({ client, session }) => {
      await session.acknowledged(session.push(checkpointFor('a', first), first));
      (await client.open('s', 'a')).content.fill(0);
      assert.equal(textOf((await client.open('s', 'a')).content), 'the first content');
    }));

  it('puts chunks together, among other events', () =>
    withClient({}, async ({ client, session }) => {
      const { header, chunks } = transferOf(checkpointFor('big', large), large, 9n, 30_000);
      session.tell({ $case: 'push', value: header }, ...chunks.slice(0, 2));
      session.push(checkpointFor('a', first), first);
      await session.acknowledged(session.tell(...chunks.slice(2)));
      const opened = await client.open('s', 'big');
      assert.deepEqual([opened.source, hashOf(opened.content)], ['buffer', hashOf(large)]);
    }));

  it('asks with its latest checkpoint for what it knows to be old, and shows it if it is not', () =>
    withClient({}, async ({ client, session, heard }) => {
      const checkpoint = checkpointFor('a', first, { version: 3 });
      await session.acknowledged(session.push(checkpoint, first));
      await session.acknowledged(session.tell(invalidation('a', 4n, fromHex(hashOf(second)))));
      assert.equal(client.held('s', 'a')?.stale, true);
      assert.ok(heard.some((event) => event.kind === 'invalidated' && !event.deleted));
      const opening = client.open('s', 'a');
      const request = await session.next('request');
      assert.deepEqual(
        [request.latest?.version, request.latest?.dataHash],
        [3n, Buffer.from(hashOf(first), 'hex')],
      );
      const same = wireCheckpoint({ ...checkpoint, version: 5 });
      session.tell({
        $case: 'answer',
        value: { requestId: request.requestId, result: { $case: 'notModified', value: same } },
      });
      const opened = await opening;
      assert.deepEqual([opened.source, opened.stale, opened.checkpoint.version], ['buffer', false, 5]);
      assert.ok(opened.waitMs > 0);
      assert.equal((await client.open('s', 'a')).waitMs, 0);
    }));

  it('shows what comes meanwhile, asked for or not', () =>
    withClient({}, async ({ client, session }) => {
      const opening = client.open('s', 'a');
      const { requestId } = await session.next('request');
      session.push(checkpointFor('a', second, { version: 2 }), second);
      assert.equal(textOf((await opening).content), 'the second content');
      const late = session.answer(requestId, checkpointFor('a', first, { version: 1 }), first);
      await session.acknowledged(late);
      assert.equal(client.held('s', 'a')?.checkpoint.version, 2);
      const held = session.all('ack').flatMap((ack) => ack.held);
      assert.deepEqual(
        held.map(({ dataHash }) => toHex(dataHash)),
        [hashOf(second)],
      );
    }));

  it('takes a checkpoint without content for news of the item', () =>
    withClient({}, async ({ client, session, heard }) => {
      session.push(checkpointFor('a', first, { version: 1 }), first);
      const encoding = ContentEncoding.CONTENT_ENCODING_NONE;
      await session.acknowledged(
        session.push(checkpointFor('a', second, { version: 2 }), NONE, { encoding }),
      );
      assert.equal(client.held('s', 'a')?.stale, true);
      assert.ok(heard.some((event) => event.kind === 'pushed' && !event.content));
    }));

  it('knows that a content is old as soon as a newer one is announced', () =>
    withClient({}, async ({ client, session }) => {
      session.push(checkpointFor('big', first, { version: 1 }), first);
      const { header, chunks } = transferOf(checkpointFor('big', large, { version: 2 }), large, 1n, 60_000);
      await session.acknowledged(session.tell({ $case: 'push', value: header }));
      assert.equal(client.held('s', 'big')?.stale, true);
      await session.acknowledged(session.tell(...chunks));
      assert.equal(client.held('s', 'big')?.stale, false);
    }));

  it('drops what was deleted', () =>
    withClient({}, async ({ client, session, heard }) => {
      session.push(checkpointFor('a', first), first);
      session.tell(invalidation('a', 9n, NONE));
      const dropped = await eventually(() => session.all('ack').flatMap((ack) => ack.evicted)[0], 'evicted');
      assert.deepEqual([dropped.item, toHex(dropped.dataHash)], ['a', hashOf(first)]);
      assert.equal(client.held('s', 'a'), undefined);
      assert.ok(heard.some((event) => event.kind === 'invalidated' && event.deleted));
    }));

  it('is not misled by news that are older than what it holds', () =>
    withClient({}, async ({ client, session }) => {
      session.push(checkpointFor('a', second, { version: 5 }), second);
      session.tell(invalidation('a', 4n, fromHex(hashOf(first))));
      session.tell(invalidation('a', 6n, fromHex(hashOf(second))));
      await session.acknowledged(session.push(checkpointFor('a', first, { version: 4 }), first));
      assert.deepEqual(client.held('s', 'a')?.checkpoint.version, 5);
      assert.equal(client.held('s', 'a')?.stale, false);
    }));

  it('applies deltas to what it holds', () =>
    withClient({}, async ({ client, session }) => {
      session.push(checkpointFor('big', large, { version: 1 }), large);
      const changed = large.map((byte, index) => (index === 500 ? 255 : byte));
      const delta = encodeDelta(large, changed);
      assert.ok(delta !== null && delta.length < 100);
      const how = { encoding: ContentEncoding.CONTENT_ENCODING_DELTA, baseHash: fromHex(hashOf(large)) };
      await session.acknowledged(session.push(checkpointFor('big', changed, { version: 2 }), delta, how));
      const opened = await client.open('s', 'big');
      assert.deepEqual([opened.source, hashOf(opened.content)], ['buffer', hashOf(changed)]);
    }));

  it('tells what it had to evict, and what it could not keep at all', () =>
    withClient({ buffer: { kind: 'memory', capacityBytes: 30 } }, async ({ client, session, heard }) => {
      session.push(checkpointFor('a', first), first);
      session.push(checkpointFor('b', second), second);
      const opening = client.open('s', 'big');
      const { requestId } = await session.next('request');
      session.answer(requestId, checkpointFor('big', large), large);
      assert.equal(hashOf((await opening).content), hashOf(large));
      const items = await eventually(() => {
        const evicted = session.all('ack').flatMap((ack) => ack.evicted.map(({ item }) => item));
        return evicted.length === 2 && evicted;
      }, 'two evictions');
      assert.deepEqual(items, ['a', 'big']);
      assert.equal(heard.filter(({ kind }) => kind === 'evicted').length, 2);
      assert.deepEqual(client.stats.held, { items: 1, bytes: second.length });
    }));

  it('rejects what cannot be opened, and drops what is no more', () =>
    withClient({}, async ({ client, session }) => {
      session.push(checkpointFor('a', first), first);
      await session.acknowledged(session.tell(invalidation('a', 2n)));
      const opening = client.open('s', 'a');
      const { requestId } = await session.next('request');
      const error = { code: 5, message: 'gone', details: [] };
      session.tell({ $case: 'answer', value: { requestId, result: { $case: 'error', value: error } } });
      await assert.rejects(opening, { name: 'ForesyncClientError', code: 'ITEM_UNKNOWN' });
      assert.equal(client.held('s', 'a'), undefined);
    }));

  it('asks for the whole content when what is current was dropped meanwhile', () =>
    withClient({ buffer: { kind: 'memory', capacityBytes: 20 } }, async ({ client, session }) => {
      const checkpoint = checkpointFor('a', first);
      session.push(checkpoint, first);
      await session.acknowledged(session.tell(invalidation('a', 2n)));
      const opening = client.open('s', 'a');
      const { requestId } = await session.next('request');
      session.push(checkpointFor('b', second), second);
      const value = wireCheckpoint(checkpoint);
      session.tell({ $case: 'answer', value: { requestId, result: { $case: 'notModified', value } } });
      const again = await session.next('request');
      assert.equal(again.latest, undefined);
      session.answer(again.requestId, checkpoint, first);
      assert.equal((await opening).source, 'network');
    }));

  it('echoes a heartbeat behind what it has stored by then', () =>
    withClient({}, async ({ session }) => {
      const delivery = session.push(checkpointFor('a', first), first);
      session.tell({ $case: 'heartbeat', value: { nonce: 77n, echo: 0n, timeMs: 0n, tokenExpiresInMs: 0n } });
      await session.until(() => session.all('heartbeat').find(({ echo }) => echo === 77n), 'the echo');
      assert.ok(session.all('ack').some((ack) => ack.delivery > BigInt(delivery)));
    }));

  it('beats by itself when nothing else is to be said', () =>
    withClient({}, async ({ client, server, session }) => {
      session.end();
      const next = await server.accept();
      await next.welcome({ heartbeatIntervalMs: 300 });
      await next.until(() => next.all('heartbeat').length > 4 || undefined, 'heartbeats');
      assert.equal(client.stats.sessions, 2);
    }));

  it('passes a new budget on', () =>
    withClient({ budget: { bytesPerHour: 5 } }, async ({ client, session }) => {
      assert.equal(session.all('hello')[0]?.budget?.bytesPerHour, 5n);
      client.setBudget({ metadataOnly: true, maxInFlight: 3 });
      const budget = await session.next('budget');
      assert.deepEqual([budget.bytesPerHour, budget.maxInFlight, budget.metadataOnly], [0n, 3, true]);
      assert.throws(() => client.setBudget({ bytesPerHour: -1 }), { code: 'FIELD_INVALID' });
    }));

  it('refuses ids and spaces that cannot be, without asking', () =>
    withClient({}, async ({ client, session }) => {
      for (const item of ['', 'x'.repeat(513), '\ud800', 'a\ufffd']) {
        await assert.rejects(client.open('s', item), { code: 'FIELD_INVALID' });
      }
      await assert.rejects(client.open('another', 'a'), { code: 'FIELD_INVALID' });
      assert.equal(session.all('request').length, 0);
    }));
});
