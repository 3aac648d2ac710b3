import assert from 'node:assert/strict';
import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import type { Foresync, Transport } from '@foresync/client';
import { connect } from '@foresync/client';
import { Verdict } from '@foresync/protocol';
import { CHUNK_BYTES } from '../../src/store/lmdb/blob-records.js';
import { openDatabase, Records } from '../../src/store/lmdb/records.js';
import { UNOBSERVED } from '../../src/store/observer.js';
import { openStore } from '../../src/store/open.js';
import { KeyLists } from '../../src/store/redis/archive/key-lists.js';
import { openAccess } from '../../src/store/redis/access.js';
import { pseudonym, spaceId } from '../../src/domain/ids.js';
import { appWorld } from '../support/app-world.js';
import { all } from '../support/calls.js';
import { endsWithUs } from '../support/children.js';
import { foresync } from '../support/cli.js';
import { fillStore } from '../support/filled-store.js';
import { recorded } from '../support/recorded-wire.js';
import { startCluster } from '../support/redis/cluster.js';
import type { Deployment } from '../support/redis/deployment.js';
import { scratchFolder } from '../support/scratch.js';
import { answersOf } from '../support/store-answers.js';
import { TokenMaker } from '../support/tokens.js';
import { until } from '../support/until.js';

const surroundings = { clock: Date, randomBytes };

describe('foresync store copy', function () {
  this.timeout(60_000);
  let redis: Deployment;
  let folder: Awaited<ReturnType<typeof scratchFolder>>;
  before(async () => (redis = await startCluster()));
  beforeEach(async () => {
    await redis.flush();
    folder = await scratchFolder();
  });
  afterEach(() => folder.remove());
  after(() => redis.stop());
  const place = (name: string): string => `lmdb:${join(folder.path, name)}`;

  it('a device goes on where it was, on the other engine, without a resync', async () => {
    const tokens = new TokenMaker();
    const serverKeyFile = join(folder.path, 'server.key');
    writeFileSync(serverKeyFile, randomBytes(32).toString('base64url'), { mode: 0o600 });
    const config = (url: string) => ({ store: { url }, auth: { serverKeyFile } });
    const buffer = { kind: 'directory' as const, path: join(folder.path, 'tablet') };
    const device = async (name: string, transport: Transport): Promise<Foresync> =>
      connect({ token: await tokens.token({ device: name }), spaces: ['notes'], buffer, transport });

    const first = await appWorld(config(place('store')), {}, tokens);
    const wire = recorded(first.port);
    const tablet = await device('tablet', wire.transport);
    for (const item of ['a', 'b']) await tablet.write('notes', item, Buffer.from(`${item} 1`));
    for (const item of ['a', 'b']) await tablet.open('notes', item);
    await tablet.flush();
    await first.app.quiesce();
    await tablet.close();
    wire.transport.close();
    await first.stop();
    const copied = await foresync('store', 'copy', place('store'), redis.url);
    assert.deepEqual([copied.code, copied.out.includes('copied and verified')], [0, true], copied.err);

    const second = await appWorld(config(redis.url), {}, tokens);
    const again = recorded(second.port);
    const back = await device('tablet', again.transport);
    try {
      assert.ok((again.hellos[0]?.resumeToken.length ?? 0) > 0);
      const welcome = (): readonly Verdict[] =>
        again.down.flatMap(({ event }) =>
          event?.$case === 'welcome' ? event.value.verdicts.map(({ verdict }) => verdict) : [],
        );
      await until(() => welcome().length > 0, 'the device is welcomed');
      assert.deepEqual(welcome(), [Verdict.VERDICT_RESUME]);
      const held = await back.open('notes', 'a');
      assert.deepEqual([held.source, held.waitMs], ['buffer', 0]);
      const changed = await back.write('notes', 'a', Buffer.from('a 2'), { ifMatch: 'current' });
      assert.ok(changed.checkpoint.version > held.checkpoint.version);
    } finally {
      await back.close();
      again.transport.close();
      await second.stop();
    }
  });

  it('finds a flipped byte of a content, and names a store that is in use', async () => {
    const store = await openStore({ url: place('store') }, surroundings);
    await fillStore(store);
    const busy = copying(place('store'), redis.url);
    assert.deepEqual(
      [(await busy).code, /COPY_REFUSED.*in use by process \d+/.test((await busy).err)],
      [1, true],
    );
    await store.close();
    await flip(join(folder.path, 'store'));
    const found = await foresync('store', 'copy', place('store'), redis.url, '--json');
    assert.deepEqual([found.code, found.out], [1, '']);
    assert.match(found.err, /HASH_MISMATCH/);
    const node = await openStore({ url: redis.url }, surroundings).catch((thrown: unknown) => thrown);
    assert.match(String(node), /COPY_UNFINISHED.*foresync store copy/);
  });

  it('finds all keys of all primaries in more passes than one, from any of them on', async () => {
    const store = await openStore({ url: redis.url }, surroundings);
    await store.spaces.ensure(spaceId('team'), 1);
    await crowd(store, 300);
    await store.close();
    const access = await openAccess(redis.url, surroundings, {}, UNOBSERVED);
    try {
      const listed = (kept: number, after = ''): Promise<string[]> =>
        all(new KeyLists(access, kept).after('user', after));
      const keys = await listed(1000);
      assert.equal(new Set(keys).size, 300);
      // One too many for a pass, passes that are full to the last, and a place in between.
      for (const kept of [299, 300, 100, 7]) assert.deepEqual(await listed(kept), keys, `${kept} a pass`);
      assert.deepEqual(await listed(100, keys[149]), keys.slice(150));
    } finally {
      await access.close();
    }
  });

  it('does not take a cluster away from its nodes', async () => {
    const [store, node] = [
      await openStore({ url: place('store') }, surroundings),
      await openStore({ url: redis.url }, surroundings),
    ];
    await store.close();
    try {
      for (const [from, to] of [
        [place('store'), redis.url],
        [redis.url, place('other')],
      ] as const) {
        const refused = await foresync('store', 'copy', from, to);
        assert.deepEqual([refused.code, refused.err.includes('COPY_REFUSED')], [1, true], refused.err);
      }
    } finally {
      await node.close();
    }
    const memory = await foresync('store', 'copy', 'memory:', redis.url);
    assert.match(memory.err, /CONFIG_INVALID.*memory:/);
  });

  it('killed in the middle, then its primary too, it goes on and is whole', async () => {
    const store = await openStore({ url: place('store') }, surroundings);
    const known = await fillStore(store);
    await crowd(store, 1_500);
    const answers = await answersOf(store, known);
    await store.close();
    const cut = await copying(place('store'), redis.url, (line, child) => {
      if (line.startsWith('copying items')) child.kill('SIGKILL');
    });
    assert.equal(cut.code, null);
    const whole = await copying(place('store'), redis.url, (line) => {
      if (line.startsWith('copying items')) void redis.servers[0]?.kill();
    });
    assert.equal(whole.code, 0, whole.err);
    const back = await foresync('store', 'copy', redis.url, place('back'), '--json');
    assert.equal(back.code, 0, back.err);
    // What the commands printed.
    const [there, here] = [whole.out, back.out].map((one) => JSON.parse(one) as Record<string, unknown>);
    assert.deepEqual([there?.['resumed'], here?.['resumed']], [true, false]);
    assert.deepEqual(here?.['sections'], there?.['sections']);
    const again = await openStore({ url: place('back') }, surroundings);
    assert.deepEqual(await answersOf(again, known), answers);
    await again.close();
  });
});

interface Ended {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

/** The command as a process of its own; `onLine` hears what it says of its progress. */
async function copying(
  from: string,
  to: string,
  onLine: (line: string, child: ChildProcess) => void = () => undefined,
): Promise<Ended> {
  const script = fileURLToPath(new URL('../../src/cli/foresync.ts', import.meta.url));
  const args = ['--import', 'tsx', '--conditions=foresync-dev', script, 'store', 'copy', from, to, '--json'];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  endsWithUs(child);
  const lines: string[] = [];
  createInterface(child.stderr).on('line', (line) => {
    lines.push(line);
    onLine(line, child);
  });
  const [out] = await Promise.all([text(child.stdout), once(child, 'close')]);
  return { code: child.exitCode, out, err: lines.join('\n') };
}

/** Users enough that copying them takes a while. */
async function crowd(store: Awaited<ReturnType<typeof openStore>>, count: number): Promise<void> {
  const space = 'team' as Parameters<typeof store.users.context>[1];
  const device = 'phone' as Parameters<typeof store.users.sequence>[1];
  const batch = { space, sequence: 1, activities: [] };
  const context = { expectedVersion: 0, bytes: randomBytes(500) };
  const all = Array.from({ length: count }, (_, index) =>
    store.users.apply(pseudonym(`${index}`.padStart(32, '0')), device, batch, context),
  );
  await Promise.all(all);
}

/** Changes a byte of the largest content so that only its hash can tell. */
async function flip(directory: string): Promise<void> {
  const database = openDatabase(directory);
  const records = new Records(database);
  const all = { start: Buffer.from('K'), end: Buffer.from('L'), limit: 100 };
  await database.transaction(() => {
    const [key, value] = records.range(all).find(([, bytes]) => bytes.length === CHUNK_BYTES) ?? [];
    assert.ok(key !== undefined && value !== undefined);
    const changed = Buffer.from(value);
    changed[77] = (changed[77] ?? 0) ^ 1;
    records.put(key, changed);
  });
  await database.close();
}
