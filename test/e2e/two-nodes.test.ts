import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Foresync } from '@foresync/client';
import { connect } from '@foresync/client';
import { decodeContext } from '../../src/context/codec.js';
import { pseudonym, spaceId } from '../../src/domain/ids.js';
import { openStore } from '../../src/store/open.js';
import type { AppWorld } from '../support/app-world.js';
import { appWorld } from '../support/app-world.js';
import { startCluster } from '../support/redis/cluster.js';
import type { Deployment } from '../support/redis/deployment.js';
import { scratchFolder } from '../support/scratch.js';
import { TokenMaker } from '../support/tokens.js';
import { until } from '../support/until.js';

const SPACE = spaceId('notes');
const ITEMS = ['a.md', 'b.md', 'c.md', 'd.md'];
const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);
const textOf = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);

/** Two servers over one cluster: no matter which one a device is connected to. */
describe('two nodes on one store', function () {
  this.timeout(90_000);
  let redis: Deployment;
  let folder: Awaited<ReturnType<typeof scratchFolder>>;
  const tokens = new TokenMaker();
  let nodes: AppWorld[] = [];
  let devices: Foresync[] = [];

  before(async () => {
    redis = await startCluster();
    folder = await scratchFolder();
    writeFileSync(join(folder.path, 'server.key'), randomBytes(32).toString('base64url'), { mode: 0o600 });
  });
  after(async () => {
    await redis.stop();
    await folder.remove();
  });
  beforeEach(async () => {
    await redis.flush();
    nodes = [await node(), await node()];
  });
  afterEach(async () => {
    for (const device of devices) await device.close();
    for (const world of nodes) await world.stop();
    devices = [];
  });

  const node = (): Promise<AppWorld> =>
    appWorld({
      store: { url: redis.url },
      push: { policy: 'recent', mode: 'threshold', threshold: 0 },
      auth: {
        secretFile: tokens.writeSecret(folder.path),
        serverKeyFile: join(folder.path, 'server.key'),
      },
    });

  const deviceAt = async (place: number, name: string): Promise<Foresync> => {
    const device = await connect({
      endpoint: `http://127.0.0.1:${nodes[place]?.port ?? 0}`,
      token: await tokens.token({ device: name }),
      spaces: ['notes'],
    });
    devices.push(device);
    return device;
  };

  const report = async (device: Foresync, items: readonly string[]): Promise<void> => {
    for (const [turn, item] of items.entries())
      device.report({ type: 'viewed', item, timeMs: Date.now() - (items.length - turn) * 1000 });
    await device.flush();
  };

  it('what a laptop does at one node reaches the phone at the other before it is opened there', async () => {
    const [laptop, phone] = [await deviceAt(0, 'laptop'), await deviceAt(1, 'phone')];
    for (const item of ITEMS) await laptop.write('notes', item, bytesOf(`content of ${item}`));
    await report(laptop, ITEMS);
    await until(() => ITEMS.every((item) => phone.held('notes', item) !== undefined), 'the phone has them');
    const opened = await phone.open('notes', 'a.md');
    assert.deepEqual([opened.source, textOf(opened.content)], ['buffer', 'content of a.md']);
  });

  it('what is changed at one node is never old in silence at the other', async () => {
    const [laptop, phone] = [await deviceAt(0, 'laptop'), await deviceAt(1, 'phone')];
    await laptop.write('notes', 'a.md', bytesOf('one'));
    assert.equal(textOf((await phone.open('notes', 'a.md')).content), 'one');
    const two = await laptop.write('notes', 'a.md', bytesOf('two'), { ifMatch: 'current' });
    await until(() => {
      const held = phone.held('notes', 'a.md');
      return held?.stale === true || held?.checkpoint.dataHash === two.checkpoint.dataHash;
    }, 'the phone knows');
    assert.equal(textOf((await phone.open('notes', 'a.md')).content), 'two');
  });

  it('both count batches of one user once, whichever node they go to', async () => {
    const [laptop, phone] = [await deviceAt(0, 'laptop'), await deviceAt(1, 'phone')];
    for (const item of ITEMS) await laptop.write('notes', item, bytesOf(item));
    for (let turn = 0; turn < 5; turn++)
      await Promise.all([report(laptop, ['a.md', 'b.md']), report(phone, ['c.md', 'd.md'])]);
    const surroundings = { clock: { now: () => Date.now() }, randomBytes };
    const store = await openStore({ url: redis.url }, surroundings);
    const { entries } = await store.spaces.readFeed(SPACE, 0, 1000);
    for (const name of ['laptop', 'phone']) {
      const sequences = entries.filter(({ device }) => device === name).map(({ batch }) => batch.sequence);
      assert.ok(sequences.length >= 5);
      assert.deepEqual(
        sequences,
        [...sequences.keys()].map((index) => index + 1),
        name,
      );
    }
    const users = new Set(entries.map(({ user }) => user));
    const [user = pseudonym('')] = users;
    const { version, bytes } = await store.users.context(user, SPACE);
    await store.close();
    assert.deepEqual([users.size, version], [1, entries.length]);
    const known = decodeContext(bytes).items.map(({ item, count }): [string, number] => [item, count]);
    assert.deepEqual(
      known.sort(),
      ITEMS.map((item) => [item, 5]),
    );
  });

  it('a loss of all data is told: devices start anew, and go on', async () => {
    const [laptop, phone] = [await deviceAt(0, 'laptop'), await deviceAt(1, 'phone')];
    await laptop.write('notes', 'a.md', bytesOf('before'));
    await phone.open('notes', 'a.md');
    await report(laptop, ['a.md']);
    await redis.flush();
    await eventuallyWritten(laptop, 'after');
    await until(() => {
      const held = phone.held('notes', 'a.md');
      return held === undefined || held.stale || held.checkpoint.sizeBytes === 5;
    }, 'the phone knows that what it holds is old');
    assert.equal(textOf((await phone.open('notes', 'a.md')).content), 'after');
    await report(laptop, ['a.md']);
    const told = nodes.flatMap((world) => world.lines()).map((line) => String(line['msg']));
    assert.ok(
      told.some((text) => text.includes('the store lost a log')),
      'and the operator is told too',
    );
  });
});

/** A write that goes through once the device has come back. */
async function eventuallyWritten(device: Foresync, text: string): Promise<void> {
  for (const end = Date.now() + 30_000; ; ) {
    try {
      await device.write('notes', 'a.md', bytesOf(text));
      return;
    } catch (thrown) {
      if (Date.now() > end) throw thrown;
    }
  }
}
