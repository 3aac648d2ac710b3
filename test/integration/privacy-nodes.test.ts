import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Foresync } from '@foresync/client';
import { connect } from '@foresync/client';
import { ForgetRequest, PrivacyServiceDefinition } from '@foresync/protocol';
import { spaceId, userId } from '../../src/domain/ids.js';
import { deriveKeys, pseudonymOf } from '../../src/rpc/identity/server-key.js';
import { openStore } from '../../src/store/open.js';
import type { AppWorld } from '../support/app-world.js';
import { appWorld } from '../support/app-world.js';
import { Caller } from '../support/calls.js';
import { startStandalone } from '../support/redis/deployment.js';
import { scratchFolder } from '../support/scratch.js';
import { TokenMaker } from '../support/tokens.js';
import { until } from '../support/until.js';

const ITEMS = ['a.md', 'b.md', 'c.md'];

describe('a user who is forgotten, on several nodes', function () {
  this.timeout(60_000);

  it('is dropped by the others too: sessions, devices and what they learned', async () => {
    const [folder, redis, tokens] = [await scratchFolder(), await startStandalone(), new TokenMaker()];
    const serverKey = randomBytes(32);
    const serverKeyFile = join(folder.path, 'server.key');
    writeFileSync(serverKeyFile, serverKey.toString('base64url'), { mode: 0o600 });
    const start = (): Promise<AppWorld> =>
      appWorld({ auth: { serverKeyFile }, store: { url: redis.url } }, {}, tokens);
    const [one, other] = [await start(), await start()];
    const device = async (world: AppWorld, user: string, name: string): Promise<Foresync> =>
      connect({
        endpoint: `http://127.0.0.1:${world.port}`,
        token: await tokens.token({ user, device: name }),
        spaces: ['notes'],
        buffer: { kind: 'directory', path: join(folder.path, `${user}-${name}`) },
      });
    const clients: Foresync[] = [];
    try {
      for (const [world, user, name] of [
        [one, 'ann', 'laptop'],
        [other, 'ann', 'phone'],
        [other, 'ben', 'phone'],
      ] as const) {
        const client = await device(world, user, name);
        clients.push(client);
        for (const item of ITEMS) {
          await client.write('notes', item, Buffer.from(`${item} of ${user} on ${name}`));
          await client.open('notes', item);
          client.report({ type: 'viewed', item });
          await client.flush();
        }
      }
      const by = new Caller(one.port, PrivacyServiceDefinition, await tokens.token({ user: 'ann' }));
      const { forget } = PrivacyServiceDefinition.methods;
      assert.ok((await by.unary(forget, ForgetRequest.create({}))).removed > 0n);
      by.close();
      const [laptop, phone, bens] = clients;
      for (const client of [laptop, phone]) {
        await until(() => client?.state === 'stopped', 'the session is over for good');
        assert.deepEqual(
          ITEMS.filter((item) => client?.held('notes', item) !== undefined),
          [],
        );
      }
      assert.equal(bens?.state, 'live');
      // A device that comes to the other node is told there, and then is one like any other.
      await phone?.close();
      const again = await device(other, 'ann', 'phone');
      clients.push(again);
      await again.open('notes', 'a.md');
      again.report({ type: 'viewed', item: 'a.md' });
      await again.flush();
      assert.equal(again.state, 'live');
      const there = new Caller(other.port, PrivacyServiceDefinition, await tokens.token({ user: 'ann' }));
      await there.unary(forget, ForgetRequest.create({}));
      there.close();
    } finally {
      await Promise.all(clients.map((client) => client.close()));
      await Promise.all([one.stop(), other.stop()]);
    }
    const store = await openStore({ url: redis.url }, { clock: { now: () => Date.now() }, randomBytes });
    const [ann, ben] = ['ann', 'ben'].map((user) =>
      pseudonymOf(deriveKeys(serverKey).pseudonym, userId(user)),
    );
    const saved = await store.spaces.loadSnapshot(spaceId('notes'), 'statistics');
    const learned = Buffer.from(saved?.bytes ?? []).toString();
    assert.deepEqual([learned.includes(ann ?? '?'), learned.includes(ben ?? '?')], [false, true]);
    await store.close();
    await redis.stop();
    await folder.remove();
  });
});
