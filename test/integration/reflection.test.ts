import assert from 'node:assert/strict';
import { Metadata, status } from '@grpc/grpc-js';
import { Reflected, unary } from '../support/reflected.js';
import type { RpcWorld } from '../support/rpc-world.js';
import { rpcWorld } from '../support/rpc-world.js';

describe('reflection', () => {
  let world: RpcWorld;
  let reflected: Reflected;
  const metadata = new Metadata();

  before(async () => {
    world = await rpcWorld();
    reflected = new Reflected(world.port);
    metadata.set('authorization', `Bearer ${await world.tokens.token({})}`);
  });
  after(async () => {
    reflected.close();
    await world.stop();
  });

  it('lists every service of the contract', async () => {
    const services = await reflected.services();
    for (const name of ['Sync', 'Content', 'Prediction', 'Privacy']) {
      assert.ok(services.includes(`foresync.v1.${name}Service`), services.join());
    }
  });

  it('describes a service so well that a client without our code can call it', async () => {
    const client = await reflected.client('foresync.v1.ContentService');
    const page = await unary(client, 'list', { space: 'notes' }, metadata);
    assert.deepEqual(page['checkpoints'], undefined);
    await assert.rejects(unary(client, 'list', { space: '' }, metadata), { code: status.INVALID_ARGUMENT });
    client.close();
  });
});
