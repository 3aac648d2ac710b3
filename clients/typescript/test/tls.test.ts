import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ServerCredentials } from '@grpc/grpc-js';
import type { TlsOptions } from '../src/grpc-channel.js';
import type { Foresync } from '../src/client.js';
import { connect, grpcTransport } from '../src/index.node.js';
import { FakeServer } from './support/fake-server.js';
import { QUICK } from './support/with-client.js';

const pem = (name: string): Buffer => readFileSync(join(import.meta.dirname, 'fixtures/tls', name));
const own = { key: pem('client.key'), cert: pem('client.pem') };

describe('a client over TLS', () => {
  it('trusts the authority that it is given, and shows its own certificate', () =>
    withTls(async (server) => {
      const connecting = connectBy(server, { ca: pem('ca.pem'), ...own });
      await (await server.accept()).welcome();
      await (await connecting).close();
      const named = connectBy(server, { ca: pem('ca.pem'), ...own, serverName: 'localhost' });
      await (await server.accept()).welcome();
      await (await named).close();
    }));

  it('does not send its token to a server that it cannot trust, or that does not trust it', () =>
    withTls(async (server) => {
      const elsewhere = { ca: pem('ca.pem'), ...own, serverName: 'elsewhere.example' };
      const wrong: TlsOptions[] = [own, { ca: pem('ca.pem') }, elsewhere];
      await Promise.all(wrong.map((tls) => assert.rejects(connectBy(server, tls), { code: 'TIMEOUT' })));
      assert.deepEqual(server.tokens, []);
    }));

  it('is not begun with options that contradict each other', () => {
    const refused = (endpoint: string, tls?: TlsOptions): void =>
      assert.throws(() => grpcTransport({ endpoint, tls }), { code: 'FIELD_INVALID' });
    refused('127.0.0.1:7600');
    refused('ftp://127.0.0.1');
    refused('http://127.0.0.1:7600', { ca: pem('ca.pem') });
    refused('https://127.0.0.1:7600', { key: pem('client.key') });
  });

  it('shares a connection with others, until that is closed', async () => {
    const server = await FakeServer.start();
    const transport = grpcTransport({ endpoint: server.endpoint });
    const connecting = ['one', 'two'].map((token) =>
      connect({ transport, token, spaces: ['s'], backoff: QUICK }),
    );
    for (let count = 0; count < 2; count++) await (await server.accept()).welcome();
    const [one, two] = await Promise.all(connecting);
    assert.deepEqual(server.tokens.sort(), ['one', 'two']);
    await one?.close();
    assert.equal(two?.state, 'live');
    await two.close();
    transport.close();
    await assert.rejects(connect({ transport, token: 'late', spaces: ['s'] }), { code: 'CLOSED' });
    server.stop();
  });
});

async function withTls(test: (server: FakeServer) => Promise<void>): Promise<void> {
  const pair = { private_key: pem('server.key'), cert_chain: pem('server.pem') };
  const server = await FakeServer.start({}, ServerCredentials.createSsl(pem('ca.pem'), [pair], true));
  try {
    await test(server);
  } finally {
    server.stop();
  }
}

function connectBy(server: FakeServer, tls: TlsOptions): Promise<Foresync> {
  const endpoint = server.tlsEndpoint;
  return connect({ endpoint, tls, token: 'secret', spaces: ['s'], backoff: QUICK, connectTimeoutMs: 1_500 });
}
