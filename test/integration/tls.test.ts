import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { credentials, status } from '@grpc/grpc-js';
import type { ChannelCredentials } from '@grpc/grpc-js';
import { ContentServiceDefinition, ListRequest } from '@foresync/protocol';
import { ForesyncError } from '../../src/domain/errors.js';
import type { AppWorld } from '../support/app-world.js';
import { appWorld } from '../support/app-world.js';
import { Caller, callFailure } from '../support/calls.js';
import type { Certified } from '../support/certificates.js';
import { Authority } from '../support/certificates.js';

const { list } = ContentServiceDefinition.methods;

describe('TLS', () => {
  const authority = new Authority('the test’s authority');
  const stranger = new Authority('somebody else’s authority');
  const server = authority.issue('127.0.0.1');
  let folder = '';
  let world: AppWorld | null = null;

  before(() => (folder = mkdtempSync(join(tmpdir(), 'foresync-tls-'))));
  afterEach(async () => {
    await world?.stop();
    world = null;
  });
  after(() => rmSync(folder, { recursive: true }));

  const file = (name: string, content: string): string => {
    const path = join(folder, name);
    writeFileSync(path, content);
    return path;
  };
  const serve = async (clientCa: Authority | null, key = server.key): Promise<AppWorld> =>
    (world = await appWorld({
      tls: {
        certFile: file('cert.pem', server.cert),
        keyFile: file('key.pem', key),
        clientCaFile: clientCa === null ? null : file('ca.pem', clientCa.cert),
      },
    }));
  const trusting = (ca: Authority, own?: Certified): ChannelCredentials =>
    own === undefined
      ? credentials.createSsl(Buffer.from(ca.cert))
      : credentials.createSsl(Buffer.from(ca.cert), Buffer.from(own.key), Buffer.from(own.cert));

  /** Lists over this channel; answers the status of what fails. */
  async function reach({ port, tokens }: AppWorld, channel: ChannelCredentials): Promise<number> {
    const caller = new Caller(port, ContentServiceDefinition, await tokens.token({}), channel);
    const call = (): Promise<unknown> =>
      caller.unary(list, ListRequest.create({ space: 'notes' }), { deadline: Date.now() + 5000 });
    try {
      await call();
      return status.OK;
    } catch {
      return (await callFailure(call)).status;
    } finally {
      caller.close();
    }
  }

  it('serves those who trust its authority, and nobody without TLS', async () => {
    const running = await serve(null);
    assert.equal(await reach(running, trusting(authority)), status.OK);
    assert.equal(await reach(running, trusting(stranger)), status.UNAVAILABLE);
    assert.equal(await reach(running, credentials.createInsecure()), status.UNAVAILABLE);
  });

  it('asks for a certificate of its authority where that is configured', async () => {
    const running = await serve(authority);
    assert.equal(await reach(running, trusting(authority, authority.issue('a device'))), status.OK);
    assert.equal(await reach(running, trusting(authority)), status.UNAVAILABLE);
    assert.equal(await reach(running, trusting(authority, stranger.issue('a device'))), status.UNAVAILABLE);
  });

  it('does not start with files that it cannot use', async () => {
    const wrong = [serve(null, authority.issue('another').key), serve(null, 'no key')];
    for (const starting of wrong) {
      await assert.rejects(
        starting,
        (error) => error instanceof ForesyncError && error.code === 'CONFIG_INVALID',
      );
    }
    const missing = { certFile: join(folder, 'absent.pem'), keyFile: file('key.pem', server.key) };
    await assert.rejects(appWorld({ tls: missing }), /tls\.certFile: .*absent\.pem cannot be read/);
  });
});
