import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { spaceId } from '../../src/domain/ids.js';
import type { Store } from '../../src/domain/store-port.js';
import { openArchive } from '../../src/store/archives.js';
import { UNOBSERVED } from '../../src/store/observer.js';
import { openStore } from '../../src/store/open.js';
import type { RedisSettings } from '../../src/store/redis/settings.js';
import { commit, item, makeSpace, SPACE, wholeLog } from '../contract/store/harness.js';
import { freePort } from '../support/ports.js';
import type { Deployment } from '../support/redis/deployment.js';
import { startStandalone } from '../support/redis/deployment.js';
import { eventually } from '../support/redis/eventually.js';
import { holeBefore } from '../support/redis/hole.js';
import { untilReplicated } from '../support/redis/sentinels.js';
import type { RedisProcess } from '../support/redis/server.js';
import { redisServer } from '../support/redis/server.js';

describe('redis: what a store makes of its servers', function () {
  this.timeout(60_000);
  let redis: Deployment;
  let primary: RedisProcess;
  const stores: Store[] = [];

  const open = async (
    settings: Partial<RedisSettings> = {},
    url = redis.url,
    observer = UNOBSERVED,
  ): Promise<Store> => {
    const surroundings = { clock: { now: () => Date.now() }, randomBytes };
    const store = await openStore({ url, redis: { operationMs: 5000, ...settings }, observer }, surroundings);
    stores.push(store);
    return store;
  };

  beforeEach(async () => {
    redis = await startStandalone(['--appendonly', 'yes', '--appendfsync', 'always']);
    [primary] = redis.servers as [RedisProcess];
  });
  afterEach(async () => {
    await Promise.all(stores.splice(0).map((store) => store.close()));
    await redis.stop();
  });

  it('refuses a server that may remove what was acknowledged, and says why', async () => {
    await primary.ask((client) => client.config('SET', 'maxmemory-policy', 'allkeys-lru'));
    await assert.rejects(open(), /\[CONFIG_INVALID\].*allkeys-lru, which removes what was acknowledged/);
  });

  it('refuses a server that is not there, or does not answer, when it has waited for it', async () => {
    const hole = await holeBefore(primary.port);
    hole.swallow();
    const settings = { operationMs: 300, commandMs: 100 };
    const swallowed = open(settings, `redis://127.0.0.1:${hole.port}`);
    await assert.rejects(swallowed, /\[STORE_UNAVAILABLE\] not done within 300 ms: .*within 100 ms/);
    await hole.close();
    await primary.kill();
    await assert.rejects(open(settings), /\[STORE_UNAVAILABLE\] not done within 300 ms: .*ECONNREFUSED/);
  });

  it('waits for a server that is slow to greet: the first connections hang', async () => {
    const hole = await holeBefore(primary.port);
    hole.swallow();
    let retried = 0;
    const healed = { ...UNOBSERVED, retried: () => ++retried === 2 && hole.heal() };
    const store = await open({ commandMs: 200 }, `redis://127.0.0.1:${hole.port}`, healed);
    await makeSpace(store);
    assert.ok(retried >= 2);
    await store.close();
    await hole.close();
  });

  it('tells at once what no waiting mends: another password, another kind of server', async () => {
    const unending = { operationMs: 600_000 };
    const { port } = primary;
    await assert.rejects(open(unending, `redis://me:guess@127.0.0.1:${port}`), /UNAVAILABLE.*WRONGPASS/);
    await primary.ask((client) => client.acl('SETUSER', 'mute', 'on', 'nopass', '~*', '+info'));
    await assert.rejects(open(unending, `redis://mute:any@127.0.0.1:${port}`), /UNAVAILABLE.*NOPERM/);
    await primary.ask((client) => client.config('SET', 'requirepass', 'secret'));
    await assert.rejects(open(unending), /UNAVAILABLE.*NOAUTH/);
    const talker = createServer((socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'));
    await once(talker.listen(0, '127.0.0.1'), 'listening');
    const { port: other } = talker.address() as AddressInfo;
    await assert.rejects(open(unending, `redis://127.0.0.1:${other}`), /UNAVAILABLE.*cannot be used/);
    talker.close();
  });

  it('to be copied, is asked again who uses it when nobody answers', async () => {
    await (await open()).close();
    const hole = await holeBefore(primary.port);
    const settings = { commandMs: 100 };
    const archive = await openArchive({ url: `redis://127.0.0.1:${hole.port}`, redis: settings });
    hole.swallow();
    const idle = archive.mustBeIdle();
    // Long enough for an attempt to be given up.
    setTimeout(() => hole.heal(), 3 * settings.commandMs);
    await idle;
    await archive.close();
    await hole.close();
  });

  it('keeps the number of partitions that it was made with', async () => {
    await open({ partitions: 16 });
    await assert.rejects(open({ partitions: 1024 }), (error: unknown) => {
      const { code, details } = error as { code: string; details: { field: string } };
      return code === 'CONFIG_INVALID' && details.field === 'store.partitions';
    });
    await open({ partitions: 16 });
  });

  it('goes on under another epoch after a restart in place: its log may have lost its end', async () => {
    const store = await open();
    await makeSpace(store);
    const before = await commit(store, 'a', 'one');
    await primary.kill();
    await primary.start();
    await eventually(async () => (await store.spaces.meta(SPACE)) !== null, 'a server that is back');
    const { epoch } = await store.spaces.bounds(SPACE, 0);
    assert.notEqual(epoch, before.epoch);
    const after = await commit(store, 'a', 'two');
    assert.deepEqual([after.epoch, after.head.version], [epoch, 2]);
    assert.deepEqual(
      (await wholeLog(store)).map((change) => change.head.version),
      [1, 2],
    );
  });

  it('makes a space anew that was lost, under another epoch, for whoever remembers it', async () => {
    const [store, other] = [await open(), await open()];
    await makeSpace(store, 3);
    const before = await store.spaces.bounds(SPACE, 2);
    await redis.flush();
    assert.equal(await other.spaces.meta(SPACE), null);
    const after = await store.spaces.bounds(SPACE, 2);
    assert.notEqual(after.epoch, before.epoch);
    assert.deepEqual(await other.spaces.meta(SPACE), { space: SPACE, shards: 3 });
    assert.deepEqual(await other.spaces.bounds(SPACE, 2), after);
  });

  it('takes up scripts that the server forgot', async () => {
    const store = await open();
    await makeSpace(store);
    await primary.ask((client) => client.script('FLUSH'));
    await commit(store, 'a', 'one');
    assert.equal((await store.spaces.head(SPACE, item('a')))?.version, 1);
  });

  it('wakes those who listen on another node, for a space that is made later too', async () => {
    const [here, there] = [await open(), await open()];
    const made = spaceId('made later');
    const wakes = there.spaces.wakeUps(made, new AbortController().signal)[Symbol.asyncIterator]();
    const first = wakes.next();
    await makeSpace(here, 1, made);
    assert.deepEqual(await first, { value: 0 });
    const second = wakes.next();
    await commit(here, 'a', 'one', { space: made });
    assert.deepEqual(await second, { value: 0 });
  });

  it('wakes them for a log that begins anew too, with numbers that were told before', async () => {
    const [here, there] = [await open(), await open()];
    await makeSpace(here);
    const wakes = there.spaces.wakeUps(SPACE, new AbortController().signal)[Symbol.asyncIterator]();
    await wakes.next();
    for (const turn of ['before', 'after']) {
      const woken = wakes.next();
      assert.equal((await commit(here, 'a', turn)).head.version, 1);
      assert.deepEqual(await woken, { value: 0 });
      await redis.flush();
    }
  });

  it('through a network that swallows everything, gives up in time and comes back by a new way', async () => {
    const hole = await holeBefore(primary.port);
    const store = await open({ operationMs: 1500 }, `redis://127.0.0.1:${hole.port}`);
    await makeSpace(store);
    hole.swallow();
    const start = performance.now();
    await assert.rejects(store.spaces.bounds(SPACE, 0), { code: 'STORE_UNAVAILABLE' });
    assert.ok(performance.now() - start < 10_000);
    const waiting = store.spaces.bounds(SPACE, 0);
    hole.heal();
    assert.equal((await waiting).high, 0);
    await store.close();
    await hole.close();
  });

  it('says how safe a write is: REPLICATED, DEGRADED without a replica, refused if so configured', async () => {
    const port = await freePort();
    const replica = redisServer(port, primary.folder, ['--replicaof', '127.0.0.1', `${primary.port}`]);
    await replica.start();
    await untilReplicated(primary, 1);
    const [store, strict] = [await open({ replicas: 1 }), await open({ replicas: 1, refuseDegraded: true })];
    await makeSpace(store);
    const save = async (kept: Store, name: string) => {
      const hash = await kept.blobs.put(bytesOf(name), name.length, null);
      const change = {
        ...{ space: SPACE, item: item(name), dataHash: hash, sizeBytes: name.length, timestampMs: 0 },
        ...{ edges: [], writer: null, audience: [], condition: { kind: 'always' as const } },
      };
      const result = await kept.spaces.commit(change);
      return result.kind === 'committed' ? result.durability : result.kind;
    };
    assert.equal(await save(store, 'a'), 'replicated');
    assert.equal(await save(strict, 'b'), 'replicated');
    // A replica that hangs is waited for as long as it may only be slow.
    replica.signal('SIGSTOP');
    await assert.rejects(
      open({ replicas: 1, operationMs: 300 }).then((hasty) => save(hasty, 'c')),
      /slow/,
    );
    assert.equal(await save(store, 'c'), 'degraded');
    await assert.rejects(save(strict, 'd'), /refuseDegraded/);
    assert.equal((await strict.spaces.head(SPACE, item('a')))?.version, 1, 'reading goes on');
    replica.signal('SIGCONT');
    await eventually(async () => (await save(strict, 'e')) === 'replicated', 'a replica that is back');
    await replica.kill();
  });
});

async function* bytesOf(text: string): AsyncGenerator<Uint8Array> {
  yield await Promise.resolve(Buffer.from(text));
}
