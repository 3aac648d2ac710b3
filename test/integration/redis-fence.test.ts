import assert from 'node:assert/strict';
import { endpointOf, nameOf, parseAddress } from '../../src/store/redis/address.js';
import { ClusterTopology } from '../../src/store/redis/cluster.js';
import type { Connection } from '../../src/store/redis/connection.js';
import { connect } from '../../src/store/redis/connection.js';
import { Fence } from '../../src/store/redis/fence.js';
import { Lane } from '../../src/store/redis/lane.js';
import { Questions } from '../../src/store/redis/questions.js';
import { script } from '../../src/store/redis/script.js';
import { SentinelTopology } from '../../src/store/redis/sentinel.js';
import { REDIS_SETTINGS } from '../../src/store/redis/settings.js';
import { startCluster } from '../support/redis/cluster.js';
import type { Deployment } from '../support/redis/deployment.js';
import { startStandalone } from '../support/redis/deployment.js';
import { eventually } from '../support/redis/eventually.js';
import { startSentinels } from '../support/redis/sentinels.js';
import type { RedisProcess } from '../support/redis/server.js';

const address = { username: null, password: null, tls: false };
const dialling = { address, connectMs: 500 };
const INCREMENT = script('increment', 'writes', `return redis.call('INCR', KEYS[1])`);

/** What a primary says that was replaced is not believed. */
describe('redis: the fence', function () {
  this.timeout(60_000);
  let redis: Deployment;
  afterEach(() => redis.stop());

  const first = (): RedisProcess => {
    const [server] = redis.servers;
    if (server === undefined) throw new Error('there is no server');
    return server;
  };

  it('believes a primary without replicas only as long as the majority stands behind it', async () => {
    redis = await startStandalone();
    const connection: Connection = await connect({ host: '127.0.0.1', port: first().port }, dialling);
    await connection.redis.script('LOAD', INCREMENT.lua);
    let [stands, now] = [true, 0];
    const settings = { ...REDIS_SETTINGS, replicas: 1, replicaMs: 50 };
    const fence = new Fence({
      redis: connection.redis,
      settings,
      stands: () => Promise.resolve(stands),
      now: () => now,
    });
    const lane = new Lane(connection, 'server run', 500, fence);
    const call = { script: INCREMENT, keys: ['counter'] as const, args: [] };
    assert.deepEqual(await lane.send(call), { reply: 1, durability: 'degraded' });
    stands = false;
    assert.equal((await lane.send(call)).durability, 'degraded', 'the verdict of a moment ago');
    now = 501;
    await assert.rejects(lane.send(call), { code: 'STORE_UNAVAILABLE' });
    assert.equal(lane.isBroken, true, 'nobody asks it again over this connection');
    await assert.rejects(lane.send(call), { code: 'STORE_UNAVAILABLE' });
    await lane.close();
  });

  it('hears from the majority of a cluster who is a primary, before and after a failover', async () => {
    redis = await startCluster();
    const topology = new ClusterTopology(parseAddress(redis.url).endpoints, new Questions(dialling));
    const idOf = (server: RedisProcess): Promise<string> => server.ask((client) => client.cluster('MYID'));
    const [old, ...others] = await Promise.all(redis.servers.map(idOf));
    await topology.refresh();
    const confirmed = (id: string): Promise<boolean> => topology.confirms(id);
    assert.equal(await confirmed(old ?? ''), true);
    assert.equal((await topology.primaries()).length, 3);
    assert.equal(
      (await Promise.all(others.slice(2).map(confirmed))).some(Boolean),
      false,
      'replicas are none',
    );
    await first().kill();
    await eventually(async () => {
      await topology.refresh();
      const now = await Promise.all(others.slice(2).map(confirmed));
      return now.filter(Boolean).length === 1 && !(await confirmed(old ?? ''));
    }, 'another primary, and not the old one');
    assert.equal(
      (await topology.primaries()).some(({ port }) => port === first().port),
      false,
    );
    topology.close();
  });

  it('hears from the majority of the Sentinels who is the primary, before and after a failover', async () => {
    redis = await startSentinels(1000);
    const { endpoints, primaryName } = parseAddress(redis.url);
    const topology = new SentinelTopology(endpoints, primaryName, new Questions(dialling));
    const old = nameOf({ host: '127.0.0.1', port: first().port });
    assert.equal(nameOf(await topology.primaryOf()), old);
    assert.equal(await topology.confirms(old), true);
    await first().kill();
    await eventually(async () => {
      await topology.refresh();
      return nameOf(await topology.primaryOf()) !== old && !(await topology.confirms(old));
    }, 'another primary, and not the old one');
    const now = await topology.primaryOf();
    assert.equal(await topology.confirms(nameOf(now)), true);
    assert.ok(redis.servers.some(({ port }) => port === endpointOf(nameOf(now)).port));
    topology.close();
  });
});
