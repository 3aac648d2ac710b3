import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import type { Foresync } from '@foresync/client';
import { connect } from '@foresync/client';
import { decodeContext } from '../../src/context/codec.js';
import { pseudonym, spaceId } from '../../src/domain/ids.js';
import { openStore } from '../../src/store/open.js';
import type { Topology } from '../support/topology/topology.js';
import { startTopology } from '../support/topology/topology.js';
import { until } from '../support/until.js';

/** One a test: nothing of the others is there. */
const SPACES = ['reached', 'changed', 'counted', 'balanced', 'lost'] as const;
type Space = (typeof SPACES)[number];
const ITEMS = ['a.md', 'b.md', 'c.md', 'd.md'];
const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);
const textOf = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);

/** Two servers over one cluster: no matter which one a device is connected to. */
describe('two nodes on one store', function () {
  this.timeout(90_000);
  let topology: Topology;
  let devices: Foresync[] = [];

  before(async () => {
    topology = await startTopology({
      spaces: { list: SPACES.map((name) => ({ name, shards: 2 })) },
      push: { policy: 'recent', mode: 'threshold', threshold: 0 },
    });
  });
  after(() => topology.stop());
  afterEach(async () => {
    for (const device of devices) await device.close();
    devices = [];
  });

  const connected = async (endpoint: string, name: string, space: Space): Promise<Foresync> => {
    const token = await topology.tokens.token({ user: space, device: name, spaces: { [space]: 'write' } });
    const device = await connect({ endpoint, token, spaces: [space] });
    devices.push(device);
    return device;
  };

  const pair = async (space: Space): Promise<readonly [laptop: Foresync, phone: Foresync]> => {
    const [one, other] = topology.nodes.map(({ port }) => `http://127.0.0.1:${port}`);
    return [await connected(one ?? '', 'laptop', space), await connected(other ?? '', 'phone', space)];
  };

  const report = async (device: Foresync, items: readonly string[]): Promise<void> => {
    for (const [turn, item] of items.entries())
      device.report({ type: 'viewed', item, timeMs: Date.now() - (items.length - turn) * 1000 });
    await device.flush();
  };

  it('what a laptop does at one node reaches the phone at the other before it is opened there', async () => {
    const [laptop, phone] = await pair('reached');
    for (const item of ITEMS) await laptop.write('reached', item, bytesOf(`content of ${item}`));
    await report(laptop, ITEMS);
    await until(() => ITEMS.every((item) => phone.held('reached', item) !== undefined), 'the phone has them');
    const opened = await phone.open('reached', 'a.md');
    assert.deepEqual([opened.source, textOf(opened.content)], ['buffer', 'content of a.md']);
  });

  it('what is changed at one node is never old in silence at the other', async () => {
    const [laptop, phone] = await pair('changed');
    await laptop.write('changed', 'a.md', bytesOf('one'));
    assert.equal(textOf((await phone.open('changed', 'a.md')).content), 'one');
    const two = await laptop.write('changed', 'a.md', bytesOf('two'), { ifMatch: 'current' });
    await until(() => {
      const held = phone.held('changed', 'a.md');
      return held?.stale === true || held?.checkpoint.dataHash === two.checkpoint.dataHash;
    }, 'the phone knows');
    assert.equal(textOf((await phone.open('changed', 'a.md')).content), 'two');
  });

  it('both count batches of one user once, whichever node they go to', async () => {
    const [laptop, phone] = await pair('counted');
    for (const item of ITEMS) await laptop.write('counted', item, bytesOf(item));
    for (let turn = 0; turn < 5; turn++)
      await Promise.all([report(laptop, ['a.md', 'b.md']), report(phone, ['c.md', 'd.md'])]);
    const surroundings = { clock: { now: () => Date.now() }, randomBytes };
    const store = await openStore({ url: topology.redis.url }, surroundings);
    const { entries } = await store.spaces.readFeed(spaceId('counted'), 0, 1000);
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
    const { version, bytes } = await store.users.context(user, spaceId('counted'));
    await store.close();
    assert.deepEqual([users.size, version], [1, entries.length]);
    const known = decodeContext(bytes).items.map(({ item, count }): [string, number] => [item, count]);
    assert.deepEqual(
      known.sort(),
      ITEMS.map((item) => [item, 5]),
    );
  });

  it('devices behind Envoy share what they do, whichever node it gives them', async () => {
    const { url } = topology.envoy;
    const [laptop, phone] = [
      await connected(url, 'laptop', 'balanced'),
      await connected(url, 'phone', 'balanced'),
    ];
    for (const item of ITEMS) await laptop.write('balanced', item, bytesOf(item));
    await report(laptop, ITEMS);
    await until(
      () => ITEMS.every((item) => phone.held('balanced', item) !== undefined),
      'the phone has them',
    );
  });

  it('a loss of all data is told: devices start anew, and go on', async () => {
    const [laptop, phone] = await pair('lost');
    await laptop.write('lost', 'a.md', bytesOf('before'));
    await phone.open('lost', 'a.md');
    await report(laptop, ['a.md']);
    await topology.redis.flush();
    await eventuallyWritten(laptop, 'after');
    await until(() => {
      const held = phone.held('lost', 'a.md');
      return held === undefined || held.stale || held.checkpoint.sizeBytes === 5;
    }, 'the phone knows that what it holds is old');
    assert.equal(textOf((await phone.open('lost', 'a.md')).content), 'after');
    await report(laptop, ['a.md']);
    const told = topology.nodes.flatMap(({ lines }) => lines);
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
      await device.write('lost', 'a.md', bytesOf(text));
      return;
    } catch (thrown) {
      if (Date.now() > end) throw thrown;
    }
  }
}
