import assert from 'node:assert/strict';
import { ErrorInfo } from '@foresync/protocol';
import { bytesOf, checkpointFor } from './support/checkpoints.js';
import { FakeServer, Refusal } from './support/fake-server.js';
import { goodbye, token } from './support/server-events.js';
import { connectTo, eventually, withClient } from './support/with-client.js';

const content = bytesOf('some content');
const checkpoint = checkpointFor('a', content, { version: 8 });

describe('a client and its token', () => {
  it('gets another one when the one it has is refused or expired', async () => {
    const server = await FakeServer.start();
    server.refusals.push(new Refusal(16, 'expired'));
    let count = 0;
    const connecting = connectTo(server, { token: () => Promise.resolve(`token ${++count}`) });
    const session = await server.accept();
    await session.welcome();
    const client = await connecting;
    session.tell(goodbye(4));
    await (await server.accept()).welcome();
    assert.deepEqual(server.tokens, ['token 1', 'token 2', 'token 3']);
    await client.close();
    server.stop();
  });

  it('opens a new stream with a new token before the old one expires', () => {
    let count = 0;
    return withClient(
      { token: () => Promise.resolve(`token ${++count}`) },
      async ({ client, server, session }) => {
        session.tell({
          $case: 'heartbeat',
          value: { nonce: 0n, echo: 0n, timeMs: 0n, tokenExpiresInMs: 100n },
        });
        await (await server.accept()).welcome();
        assert.ok(session.ended);
        assert.deepEqual(server.tokens, ['token 1', 'token 2']);
        await eventually(() => client.state === 'live', 'live');
      },
    );
  });

  it('stops when the only token it has is refused', async () => {
    const server = await FakeServer.start();
    server.refusals.push(new Refusal(16, 'forged'));
    await assert.rejects(connectTo(server), { code: 'UNAUTHENTICATED' });
    server.stop();
  });

  it('tries again when the function fails', async () => {
    const server = await FakeServer.start();
    let count = 0;
    const flaky = () => (++count < 3 ? Promise.reject(new Error('no network')) : Promise.resolve('at last'));
    const connecting = connectTo(server, { token: flaky });
    await (await server.accept()).welcome();
    await (await connecting).close();
    assert.deepEqual(server.tokens, ['at last']);
    server.stop();
  });
});

describe('connecting', () => {
  it('says why it cannot', async () => {
    const server = await FakeServer.start();
    server.refusals.push(new Refusal(5, 'no such space', [errorInfo('SPACE_UNKNOWN')]));
    await assert.rejects(connectTo(server), { code: 'SPACE_UNKNOWN', message: /no such space/ });
    server.stop();
    await assert.rejects(connectTo(server, { connectTimeoutMs: 500 }), {
      code: 'TIMEOUT',
      message: /UNAVAILABLE/,
    });
    await assert.rejects(connectTo(server, { signal: AbortSignal.timeout(40) }), { code: 'CANCELLED' });
  });

  it('begins off line if it is asked to', async () => {
    const server = await FakeServer.start();
    server.stop();
    const client = await connectTo(server, { startOffline: true });
    await assert.rejects(client.open('s', 'a', { timeoutMs: 20 }), { code: 'TIMEOUT' });
    await client.close();
    await assert.rejects(client.open('s', 'a'), { code: 'CLOSED' });
    assert.throws(() => client.report({ type: 'viewed', item: 'a' }), { code: 'CLOSED' });
  });

  it('goes on when the resume token was another user’s, but without what was held', () =>
    withClient({}, async ({ client, server, session }) => {
      session.push(checkpoint, content);
      await session.acknowledged(session.tell(token('foreign')));
      server.refusals.push(new Refusal(7, 'not yours', [errorInfo('RESUME_TOKEN_FOREIGN')]));
      session.end();
      const next = await server.accept();
      const hello = await next.welcome();
      assert.deepEqual([hello.resumeToken.length, hello.digests[0]?.count], [0, 0n]);
      await eventually(() => client.state === 'live', 'live');
      assert.equal(client.held('s', 'a'), undefined);
    }));

  it('refuses options that cannot be', async () => {
    const server = await FakeServer.start();
    const cases: [Parameters<typeof connectTo>[1], RegExp][] = [
      [{ spaces: [] }, /spaces is empty/],
      [{ spaces: ['s', 's'] }, /twice/],
      [{ spaces: [''] }, /spaces\[0\] is empty/],
      [{ spaces: Array.from({ length: 65 }, (_, n) => `${n}`) }, /at most 64/],
      [{ clientName: 'x'.repeat(65) }, /clientName/],
      [{ buffer: { kind: 'directory', path: '' } }, /buffer.path/],
      [{ buffer: { kind: 'memory', capacityBytes: -1 } }, /capacityBytes/],
    ];
    for (const [options, message] of cases) await assert.rejects(connectTo(server, options), { message });
    assert.deepEqual(server.tokens, []);
    server.stop();
  });
});

function errorInfo(reason: string) {
  return {
    typeUrl: 'type.googleapis.com/google.rpc.ErrorInfo',
    value: ErrorInfo.encode({ reason, domain: 'foresync', metadata: {} }).finish(),
  };
}
