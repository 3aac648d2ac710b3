import assert from 'node:assert/strict';
import { credentials, Metadata, makeGenericClientConstructor, status } from '@grpc/grpc-js';
import { ForesyncError } from '../../src/domain/errors.js';
import { service } from 'grpc-health-check';
import type { DynamicClient } from '../support/reflected.js';
import { unary } from '../support/reflected.js';
import type { RpcWorld } from '../support/rpc-world.js';
import { rpcWorld } from '../support/rpc-world.js';

const HealthClient = makeGenericClientConstructor(service, 'Health');

describe('health', () => {
  let world: RpcWorld;
  let client: DynamicClient;

  beforeEach(async () => {
    world = await rpcWorld();
    client = new HealthClient(`127.0.0.1:${world.port}`, credentials.createInsecure()) as DynamicClient;
  });
  afterEach(async () => {
    client.close();
    await world.stop();
  });

  const check = async (name: string): Promise<unknown> =>
    (await unary(client, 'check', { service: name }, new Metadata()))['status'];

  it('says SERVING for the server and for each service, without a token', async () => {
    for (const name of ['', 'foresync.v1.SyncService', 'foresync.v1.ContentService']) {
      assert.equal(await check(name), 'SERVING');
    }
    await assert.rejects(check('other.Service'), { code: status.NOT_FOUND });
  });

  it('says NOT_SERVING before anything else of a shutdown, to those who watch too', async () => {
    const watch = client['watch']?.({ service: 'foresync.v1.SyncService' }, new Metadata());
    assert.ok(watch !== undefined);
    const seen: unknown[] = [];
    const changed = new Promise<void>((resolve) => {
      watch.on('data', (message: Record<string, unknown>) => {
        seen.push(message['status']);
        if (seen.length === 2) resolve();
        else world.server.notServing();
      });
    });
    await changed;
    assert.deepEqual(seen, ['SERVING', 'NOT_SERVING']);
    assert.equal(await check(''), 'NOT_SERVING');
    watch.on('error', (error) => assert.ok(error));
    watch.cancel();
    world.server.endStreams(new ForesyncError('SHUTTING_DOWN', 'over'));
  });
});
