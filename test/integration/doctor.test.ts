import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { chmodSync, readdirSync, writeFileSync } from 'node:fs';
import type { Socket } from 'node:net';
import { createServer } from 'node:net';
import { join } from 'node:path';
import type { Finding } from '../../src/domain/finding.js';
import { copyArchive } from '../../src/store/archive/copy.js';
import { openArchive, openCopy } from '../../src/store/archives.js';
import { openStore } from '../../src/store/open.js';
import { LAYOUT } from '../../src/store/redis/layout.js';
import { appWorld } from '../support/app-world.js';
import { Authority } from '../support/certificates.js';
import { foresync } from '../support/cli.js';
import { fillStore } from '../support/filled-store.js';
import { freePort } from '../support/ports.js';
import { startCluster } from '../support/redis/cluster.js';
import { startStandalone } from '../support/redis/deployment.js';
import { eventually } from '../support/redis/eventually.js';
import { startSentinels } from '../support/redis/sentinels.js';
import { scratchFolder } from '../support/scratch.js';
import { TokenMaker } from '../support/tokens.js';

/** What it found, by check; `code` is how the command ended. */
interface Examined {
  readonly code: number;
  readonly err: string;
  outcome(check: string): string;
  found(check: string): string;
  advice(check: string): string | null;
}

describe('foresync doctor', function () {
  this.timeout(60_000);
  let folder: Awaited<ReturnType<typeof scratchFolder>>;
  let config = '';
  const tokens = new TokenMaker();

  before(async () => {
    folder = await scratchFolder();
    config = join(folder.path, 'config.json');
  });
  after(() => folder.remove());

  beforeEach(() => configure({}));

  const keyFile = (): string => join(folder.path, 'server.key');

  function configure(more: Readonly<Record<string, unknown>>): void {
    writeFileSync(keyFile(), randomBytes(32).toString('base64url'), { mode: 0o600 });
    const auth = { secretFile: tokens.writeSecret(folder.path), serverKeyFile: keyFile() };
    writeFileSync(config, JSON.stringify({ auth, push: { policy: 'recent' }, ...more }));
  }

  async function examined(...args: readonly string[]): Promise<Examined> {
    const port = await freePort();
    const listen = args.includes('--listen') ? [] : ['--listen', `127.0.0.1:${port}`];
    const { code, out, err } = await foresync('doctor', '--json', '--config', config, ...listen, ...args);
    const findings = out
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as Finding);
    const of = (check: string): Finding => {
      const found = findings.find((finding) => finding.check === check);
      assert.ok(found !== undefined, `nothing about ${check}: ${out}`);
      assert.equal(found.advice === null, found.outcome === 'ok');
      return found;
    };
    return {
      ...{ code, err },
      outcome: (check) => of(check).outcome,
      found: (check) => of(check).found,
      advice: (check) => of(check).advice,
    };
  }

  it('a cluster: healthy while a server runs on it, then with a dead replica', async () => {
    const redis = await startCluster();
    try {
      const world = await appWorld(
        { store: { url: redis.url }, auth: { serverKeyFile: keyFile() } },
        {},
        tokens,
      );
      const args = ['--store', redis.url, '--listen', `127.0.0.1:${world.port}`];
      try {
        const healthy = await examined(...args);
        assert.equal(healthy.code, 0, healthy.err);
        for (const check of [
          'servers',
          'version',
          'cluster',
          'replicas',
          'eviction',
          'clocks',
          'store',
          'listener',
        ])
          assert.equal(healthy.outcome(check), 'ok', check);
        assert.equal(healthy.found('servers'), '6 of 6 answer');
        assert.match(healthy.found('listener'), /serves/);
        assert.match(healthy.found('store'), /1024 partitions/);
        assert.equal(healthy.outcome('persistence'), 'warning', 'these servers keep nothing on disk');
      } finally {
        await world.stop();
      }
      await redis.servers[3]?.kill();
      await eventually(
        async () => (await examined('--store', redis.url)).outcome('replicas') === 'failure',
        'the primary notices',
      );
      const hurt = await examined('--store', redis.url);
      assert.equal(hurt.code, 1);
      assert.match(hurt.err, /2 of \d+ checks failed/);
      assert.equal(hurt.outcome('cluster'), 'ok');
      assert.match(hurt.found('servers'), /5 of 6 answer \(127\.0\.0\.1:\d+: .*ECONNREFUSED/);
      assert.match(hurt.found('replicas'), /has 0 of 1: its writes are acknowledged as DEGRADED/);
    } finally {
      await redis.stop();
    }
  });

  it('one server: evicts what was acknowledged, was made with other partitions, keeps files', async () => {
    const redis = await startStandalone(['--maxmemory-policy', 'allkeys-lru', '--appendonly', 'yes']);
    try {
      const [server] = redis.servers;
      await server?.ask((one) => one.set('{foresync}:layout', `${LAYOUT} 64`));
      const evicting = await examined('--store', redis.url);
      assert.equal(evicting.code, 1);
      assert.match(evicting.found('eviction'), /allkeys-lru .* refuse to start/);
      assert.match(evicting.found('store'), /made with 64 partitions, not 1024/);
      assert.deepEqual([evicting.outcome('persistence'), evicting.outcome('replicas')], ['ok', 'ok']);
      assert.equal(await server?.ask((one) => one.dbsize()), 1, 'nothing was written');
    } finally {
      await redis.stop();
    }
    const gone = await examined('--store', redis.url);
    assert.match(gone.found('servers'), /0 of 1 answer/);
  });

  it('Sentinels: finds the replicas; one Sentinel that is gone is told', async () => {
    const redis = await startSentinels();
    try {
      const healthy = await examined('--store', redis.url);
      assert.equal(healthy.code, 0, healthy.err);
      assert.deepEqual(
        [healthy.found('servers'), healthy.outcome('sentinels'), healthy.outcome('replicas')],
        ['3 of 3 answer', 'ok', 'ok'],
      );
      const dead = redis.url.replace(/:(\d+),/, `:${await freePort()},`);
      assert.match((await examined('--store', dead)).found('sentinels'), /^2 of 3 answer/);
      const unknown = await examined('--store', redis.url.replace(/\/\w+$/, '/nobody'));
      assert.match(unknown.found('sentinels'), /do not agree on a primary "nobody"/);
    } finally {
      await redis.stop();
    }
  });

  it('LMDB: a directory to be made, one in use, one that is none; nothing is written', async () => {
    const place = join(folder.path, 'store');
    const empty = await examined('--store', `lmdb:${place}`);
    assert.match(empty.found('store'), /is made at the first start/);
    assert.ok(!readdirSync(folder.path).includes('store'));
    const world = await appWorld({ store: { url: `lmdb:${place}` }, auth: { serverKeyFile: keyFile() } });
    const inUse = await examined('--store', `lmdb:${place}`).finally(() => world.stop());
    assert.deepEqual([inUse.code, inUse.outcome('store'), inUse.outcome('disk')], [0, 'ok', 'ok']);
    writeFileSync(join(place, 'data.mdb'), 'no database at all'.repeat(1000));
    assert.match((await examined('--store', `lmdb:${place}`)).found('store'), /no LMDB database/);
  });

  it('a copy that is not whole, in a directory and in Redis: no server can use it, and what to do', async () => {
    const [source, copied] = [join(folder.path, 'source'), join(folder.path, 'copied')];
    const redis = await startStandalone();
    try {
      const store = await openStore({ url: `lmdb:${source}` }, { clock: Date, randomBytes });
      await fillStore(store);
      await store.close();
      for (const to of [`lmdb:${copied}`, redis.url]) {
        await cutOff(`lmdb:${source}`, to);
        const unfinished = await examined('--store', to);
        assert.deepEqual([unfinished.code, unfinished.outcome('store')], [1, 'failure']);
        assert.match(unfinished.found('store'), /a copy that is not whole/);
        assert.equal(unfinished.advice('store'), 'run `foresync store copy` again');
        assert.equal((await foresync('store', 'copy', `lmdb:${source}`, to)).code, 0);
        assert.equal((await examined('--store', to)).outcome('store'), 'ok');
      }
    } finally {
      await redis.stop();
    }
  });

  it('keys, TLS, listeners and the model: what cannot be used is named', async () => {
    const authority = new Authority('authority');
    const [mine, other] = [authority.issue('127.0.0.1'), authority.issue('127.0.0.1')];
    const file = (name: string, text: string): string => {
      writeFileSync(join(folder.path, name), text);
      return join(folder.path, name);
    };
    const sockets: Socket[] = [];
    const taken = createServer((socket) => sockets.push(socket)).listen(0, '127.0.0.1');
    await new Promise((resolve) => taken.once('listening', resolve));
    const address = taken.address();
    assert.ok(address !== null && typeof address === 'object');
    configure({
      tls: { certFile: file('cert.pem', mine.cert), keyFile: file('key.pem', other.key) },
      push: { model: folder.path },
    });
    chmodSync(keyFile(), 0o644);
    const bad = await examined('--listen', `127.0.0.1:${address.port}`).finally(() => {
      taken.close();
      for (const socket of sockets) socket.destroy();
    });
    assert.equal(bad.code, 1);
    assert.match(bad.found('server key'), /may be read by others/);
    assert.match(bad.found('TLS'), /key\.pem is not the key of .*cert\.pem/);
    assert.match(bad.found('listener'), /is taken, by no server/);
    assert.match(bad.found('model'), /manifest\.json/);
    configure({ tls: { certFile: file('cert.pem', mine.cert), keyFile: file('key.pem', mine.key) } });
    assert.equal((await examined()).outcome('TLS'), 'warning', 'it holds for a day more');
    assert.match((await examined('--policy', 'none-such')).found('policy'), /there is no "none-such"/);
  });

  it('speaks to people: a line a check, and what to do', async () => {
    const port = await freePort();
    const { code, out } = await foresync('doctor', '--config', config, '--listen', `0.0.0.0:${port}`);
    assert.equal(code, 0, 'warnings are no failures');
    assert.match(out, /^ok {7}listener {5}0\.0\.0\.0:\d+ is free$/m);
    assert.match(out, /^warning {2}store .*memory.*\n +→ set store\.url/m);
    assert.match(out, /^warning {2}TLS .*reached from other machines/m);
  });
});

/** A copy that was stopped at its first page. */
async function cutOff(from: string, to: string): Promise<void> {
  const [source, target] = [await openArchive({ url: from }), await openCopy({ url: to })];
  const cut = new AbortController();
  const options = { now: () => Date.now(), signal: cut.signal, onProgress: () => cut.abort() };
  try {
    await assert.rejects(copyArchive(source, target, options), { code: 'COPY_UNFINISHED' });
  } finally {
    await target.close();
    await source.close();
  }
}
