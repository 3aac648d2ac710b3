import assert from 'node:assert/strict';
import type { GoodbyeReason } from '@foresync/protocol';
import { digestBytes, manifestTerm } from '@foresync/protocol/digest';
import type { ConnectionEvent } from '../src/events.js';
import { fromHex, toHex } from '../src/hex.js';
import { loadHashing } from '../src/sha256.js';
import { bytesOf, checkpointFor, hashOf, textOf } from './support/checkpoints.js';
import { goodbye, invalidation, token } from './support/server-events.js';
import { eventually, withClient } from './support/with-client.js';

const content = bytesOf('some content');
const checkpoint = checkpointFor('a', content, { version: 8 });

describe('a client whose connection breaks', () => {
  it('comes back with what it holds, where it was', () =>
    withClient({}, async ({ client, server, session }) => {
      session.push(checkpoint, content);
      await session.acknowledged(session.tell(token('token 1')));
      session.end({ code: 14, details: 'gone' });
      const next = await server.accept();
      const hello = await next.welcome();
      assert.equal(textOf(hello.resumeToken), 'token 1');
      const { sha256 } = await loadHashing();
      const term = manifestTerm(sha256, 's', 'a', fromHex(hashOf(content)));
      assert.deepEqual(
        hello.digests.map(({ space, digest, count }) => [space, toHex(digest), count]),
        [['s', toHex(digestBytes(term)), 1n]],
      );
      await eventually(() => client.state === 'live', 'live');
      assert.deepEqual(next.all('manifest'), []);
      assert.equal((await client.open('s', 'a')).waitMs, 0);
    }));

  it('keeps a resume token until every content before it is complete', () =>
    withClient({}, async ({ server, session }) => {
      await session.acknowledged(session.tell(token('token 1')));
      const zeros = new Uint8Array(100);
      session.push(checkpointFor('b', zeros), new Uint8Array(0), { transfer: 4n, encodedBytes: 100n });
      await session.acknowledged(session.tell(token('token 2')));
      session.end();
      assert.equal(textOf((await (await server.accept()).welcome()).resumeToken), 'token 1');
    }));

  it('asks again for what is waited for', () =>
    withClient({}, async ({ client, server, session }) => {
      const opening = client.open('s', 'a');
      await session.next('request');
      session.end();
      const next = await server.accept();
      await next.welcome();
      const { requestId } = await next.next('request');
      next.answer(requestId, checkpoint, content);
      assert.equal((await opening).source, 'network');
    }));

  it('shows what it has, with its age, while there is nobody to ask', () =>
    withClient({}, async ({ client, server, session }) => {
      session.push(checkpoint, content);
      session.push(checkpointFor('b', content), content);
      await session.acknowledged(session.tell(invalidation('b', 9n)));
      const opening = client.open('s', 'b');
      await session.next('request');
      server.stop();
      const stale = await opening;
      assert.deepEqual([stale.source, stale.stale], ['buffer', true]);
      assert.ok((stale.ageMs ?? -1) >= 0);
      const fresh = await client.open('s', 'a');
      assert.deepEqual([fresh.source, fresh.stale, fresh.waitMs], ['buffer', false, 0]);
      assert.ok((fresh.ageMs ?? -1) >= 0);
      await assert.rejects(client.open('s', 'absent', { timeoutMs: 20 }), { code: 'TIMEOUT' });
      const gaveUp = AbortSignal.abort(new Error('no patience'));
      await assert.rejects(client.open('s', 'absent', { signal: gaveUp }), { code: 'CANCELLED' });
    }));

  it('asks, while it does not know yet what changed meanwhile', () =>
    withClient({}, async ({ client, server, session }) => {
      await session.acknowledged(session.push(checkpoint, content));
      session.end();
      const next = await server.accept();
      next.echo = false;
      await next.welcome();
      await eventually(() => client.state === 'catching-up', 'catching up');
      const opening = client.open('s', 'a');
      const { requestId, latest } = await next.next('request');
      assert.equal(latest?.version, 8n);
      next.answer(requestId, checkpointFor('a', bytesOf('newer'), { version: 9 }), bytesOf('newer'));
      assert.equal(textOf((await opening).content), 'newer');
    }));

  it('notices that the server is silent', () =>
    withClient({}, async ({ client, server, session }) => {
      session.end();
      const next = await server.accept();
      next.echo = false;
      await next.welcome({ heartbeatIntervalMs: 150 });
      const after = await server.accept();
      await after.welcome();
      await eventually(() => client.state === 'live', 'live');
      assert.ok(next.all('heartbeat').length > 0);
    }));

  const sent: [string, GoodbyeReason, string][] = [
    ['SHUTTING_DOWN', 1, 'waits as long as it is asked to'],
    ['SLOW_CONSUMER', 2, 'comes back after a slow read'],
    ['SILENT', 5, 'comes back after a silence of its own'],
    ['UNAVAILABLE', 0, 'comes back after a goodbye without a reason'],
  ];
  for (const [code, reason, what] of sent) {
    it(what, () =>
      withClient({}, async ({ client, server, session, heard }) => {
        session.tell(goodbye(reason, 120));
        await session.until(() => session.ended || undefined, 'the end');
        await (await server.accept()).welcome();
        await eventually(() => client.state === 'live', 'live');
        const waiting = connections(heard).find(({ state }) => state === 'waiting');
        assert.equal(waiting?.error?.code, code);
        assert.ok((waiting.retryInMs ?? 0) >= 120);
      }),
    );
  }

  it('stops when another session of the device took over', () =>
    withClient({}, async ({ client, session }) => {
      const opening = assert.rejects(client.open('s', 'a'), { code: 'TAKEN_OVER' });
      await session.next('request');
      session.tell(goodbye(3));
      await opening;
      assert.equal(client.state, 'stopped');
      await assert.rejects(client.open('s', 'a'), { code: 'TAKEN_OVER' });
      await assert.rejects(client.flush(), { code: 'TAKEN_OVER' });
    }));

  it('drops everything when the user is forgotten, and stops', () =>
    withClient({}, async ({ client, session }) => {
      await session.acknowledged(session.push(checkpoint, content));
      session.tell(goodbye(6));
      await eventually(() => client.state === 'stopped', 'stopped');
      assert.deepEqual(client.stats.held, { items: 0, bytes: 0 });
    }));

  it('acknowledges on its way out what it has stored', () =>
    withClient({}, async ({ server, session }) => {
      const delivery = session.push(checkpoint, content);
      session.tell(goodbye(1));
      await session.until(() => session.ended || undefined, 'the end');
      assert.ok(session.all('ack').some((ack) => ack.delivery >= BigInt(delivery)));
      await (await server.accept()).welcome();
    }));
});

function connections(heard: readonly { readonly kind: string }[]): ConnectionEvent[] {
  return heard.filter((event): event is ConnectionEvent => event.kind === 'connection');
}
