import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import type { SpaceId } from '../../src/domain/ids.js';
import { spaceId } from '../../src/domain/ids.js';
import type { Store } from '../../src/domain/store-port.js';
import { openStore } from '../../src/store/open.js';
import { Keys } from '../../src/store/redis/keys.js';
import { REDIS_SETTINGS } from '../../src/store/redis/settings.js';
import { ANN, makeSpace, PHONE, SPACE } from '../contract/store/harness.js';
import type { Deployment } from '../support/redis/deployment.js';
import { startStandalone } from '../support/redis/deployment.js';
import { doneBy } from '../support/redis/done-by.js';
import type { RedisProcess } from '../support/redis/server.js';

const OTHER = spaceId('other');
const keys = new Keys(REDIS_SETTINGS.partitions);

describe('redis: from the activity log of a user into the feeds of spaces', function () {
  this.timeout(30_000);
  let redis: Deployment;
  let server: RedisProcess;
  let nodes: readonly Store[];
  let sequence: number;

  /** The device's next batch, by a node. */
  const apply = async (node: number, space = SPACE): Promise<void> => {
    const store = storeOf(nodes, node);
    const batch = { space, sequence: sequence + 1, activities: [] };
    const { version } = await store.users.context(ANN, space);
    const applying = store.users.apply(ANN, PHONE, batch, { expectedVersion: version, bytes: Buffer.of(1) });
    // It is in the activity log, whatever comes after.
    sequence++;
    assert.equal((await applying).kind, 'applied');
  };
  const fed = async (space = SPACE): Promise<number[]> =>
    (await storeOf(nodes, 0).spaces.readFeed(space, 0, 100)).entries.map((entry) => entry.batch.sequence);
  const breakFeed = (space: SpaceId): Promise<unknown> =>
    server.ask((client) => client.set(keys.space(space).fed, 'no hash'));
  const healFeed = (space: SpaceId): Promise<unknown> =>
    server.ask((client) => client.del(keys.space(space).fed));
  const scriptsOf = async (work: () => Promise<void>): Promise<number> => {
    const before = (await doneBy([server])).commands;
    await work();
    return (await doneBy([server])).commands - before;
  };

  beforeEach(async () => {
    redis = await startStandalone();
    [server] = redis.servers as [RedisProcess];
    const open = (): Promise<Store> => openStore({ url: redis.url }, { clock: Date, randomBytes });
    nodes = await Promise.all([open(), open(), open()]);
    for (const store of nodes) for (const space of [SPACE, OTHER]) await makeSpace(store, 1, space);
    sequence = 0;
  });
  afterEach(async () => {
    await Promise.all(nodes.map((store) => store.close()));
    await redis.stop();
  });

  it('a batch takes two scripts on a node that did not bring the one before, and three if that is of another space', async () => {
    for (const node of [0, 1, 0, 1]) await apply(node);
    const reading = 1;
    assert.equal(await scriptsOf(() => apply(2)), 2 + reading);
    assert.equal(await scriptsOf(() => apply(2)), 2 + reading);
    assert.equal(await scriptsOf(() => apply(1, OTHER)), 3 + reading);
    assert.equal(await scriptsOf(() => apply(0)), 3 + reading);
    assert.deepEqual(await fed(), [1, 2, 3, 4, 5, 6, 8]);
    assert.deepEqual(await fed(OTHER), [7]);
  });

  for (const [what, space] of [
    ['the same space', SPACE],
    ['another space', OTHER],
  ] as const)
    it(`a batch of which nobody told the feed is made up for with the next one, of ${what}, by any node`, async () => {
      await breakFeed(SPACE);
      await assert.rejects(apply(0), { code: 'STORE_CORRUPT' });
      await healFeed(SPACE);
      assert.deepEqual(await fed(), []);
      await apply(1, space);
      assert.deepEqual([...(await fed()), ...(await fed(OTHER))], [1, 2]);
    });

  it('what is made up for is cut off as well, and none is left out for the space whose feed went ahead', async () => {
    for (const space of [SPACE, OTHER]) await breakFeed(space);
    for (const space of [SPACE, OTHER, SPACE]) await assert.rejects(apply(0, space));
    await healFeed(SPACE);
    await assert.rejects(apply(1), { code: 'STORE_CORRUPT' });
    await healFeed(OTHER);
    await apply(2);
    assert.deepEqual(await fed(), [1, 3, 4, 5]);
    assert.deepEqual(await fed(OTHER), [2]);
  });
});

function storeOf(nodes: readonly Store[], node: number): Store {
  const store = nodes[node];
  if (store === undefined) throw new Error(`there is no node ${node}`);
  return store;
}
