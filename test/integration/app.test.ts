import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ContentServiceDefinition, ListRequest, SyncServiceDefinition } from '@foresync/protocol';
import { createApp } from '../../src/app.js';
import type { PartialConfig } from '../../src/config.js';
import { configOf } from '../../src/config.js';
import { ForesyncError } from '../../src/domain/errors.js';
import { spaceId } from '../../src/domain/ids.js';
import { openStore } from '../../src/store/open.js';
import { createLogger } from '../../src/telemetry/logger.js';
import { appWorld } from '../support/app-world.js';
import { Caller, callFailure } from '../support/calls.js';
import { HandStream } from '../support/hand-stream.js';
import { TokenMaker } from '../support/tokens.js';

describe('the composition root', () => {
  let folder = '';
  before(() => (folder = mkdtempSync(join(tmpdir(), 'foresync-root-'))));
  after(() => rmSync(folder, { recursive: true }));

  const refused = async (config: PartialConfig): Promise<string | undefined> => {
    try {
      await createApp(configOf(config), { logger: createLogger('silent') });
    } catch (thrown) {
      assert.ok(thrown instanceof ForesyncError);
      assert.equal(thrown.code, 'CONFIG_INVALID');
      return thrown.details.field;
    }
    return assert.fail('it was composed');
  };

  it('is not composed from what cannot work', async () => {
    const secretFile = new TokenMaker().writeSecret(folder);
    assert.equal(await refused({}), 'auth');
    assert.equal(await refused({ auth: { secretFile }, push: { policy: 'clairvoyant' } }), 'push.policy');
    assert.equal(
      await refused({ auth: { secretFile }, store: { url: `lmdb:${join(folder, 'db')}` } }),
      'auth.serverKeyFile',
    );
    const short = join(folder, 'short.key');
    writeFileSync(short, randomBytes(8).toString('base64url'));
    assert.equal(await refused({ auth: { secretFile, serverKeyFile: short } }), 'auth.serverKeyFile');
  });

  it('says which address is taken', async () => {
    const world = await appWorld();
    await assert.rejects(appWorld({ server: { listen: world.app.address } }), /listen: .* cannot be bound/);
    await world.stop();
  });

  it('serves metrics where it is told to', async () => {
    const world = await appWorld({ server: { metricsListen: '127.0.0.1:0' } });
    const sync = new Caller(world.port, SyncServiceDefinition, await world.tokens.token({}));
    const stream = new HandStream(sync);
    await stream.hello();
    const text = await (await fetch(`http://127.0.0.1:${world.app.metricsPort}/metrics`)).text();
    assert.match(text, /foresync_open_sessions 1/);
    stream.call.end();
    await stream.ended;
    sync.close();
    await world.stop();
  });

  it('takes new token keys while it runs, and keeps the old ones if the new cannot be read', async () => {
    const [old, fresh] = [new TokenMaker(), new TokenMaker()];
    const secretFile = old.writeSecret(folder);
    const world = await appWorld({ auth: { secretFile } });
    const caller = new Caller(world.port, ContentServiceDefinition, null);
    const works = async (tokens: TokenMaker): Promise<boolean> => {
      caller.token = await tokens.token({});
      const list = () =>
        caller.unary(ContentServiceDefinition.methods.list, ListRequest.create({ space: 'notes' }));
      return list().then(
        () => true,
        async () => (await callFailure(list)).code !== 'UNAUTHENTICATED',
      );
    };
    assert.deepEqual([await works(old), await works(fresh)], [true, false]);
    fresh.writeSecret(folder);
    world.app.reloadKeys();
    assert.deepEqual([await works(old), await works(fresh)], [false, true]);
    writeFileSync(secretFile, 'short');
    assert.throws(() => world.app.reloadKeys(), /auth\.secretFile/);
    assert.equal(await works(fresh), true);
    caller.close();
    await world.stop();
  });

  it('leaves a store open that it was given', async () => {
    const store = await openStore({ url: 'memory:' }, { clock: { now: () => Date.now() }, randomBytes });
    const world = await appWorld({}, { store });
    await world.app.quiesce();
    await world.stop();
    assert.equal((await store.spaces.meta(spaceId('notes')))?.shards, 2);
    await store.close();
  });
});
