import assert from 'node:assert/strict';
import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { setImmediate } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { spaceId } from '../../src/domain/ids.js';
import type { Store } from '../../src/domain/store-port.js';
import { openLmdb } from '../../src/store/lmdb.js';
import { GROUP_COMMIT_LIMITS } from '../../src/store/lmdb/group-commit.js';
import { STORE_LIMITS } from '../../src/store/options.js';
import { scratchFolder } from '../support/scratch.js';

const SPACE = spaceId('s');
const commits = { ...GROUP_COMMIT_LIMITS, commitMs: 300 };
const unavailable = { code: 'STORE_UNAVAILABLE' };

describe('store: a disk that does not answer', function () {
  this.timeout(60_000);
  let folder: Awaited<ReturnType<typeof scratchFolder>>;
  let store: Store;

  beforeEach(async () => {
    folder = await scratchFolder();
    store = await openLmdb(folder.path, STORE_LIMITS, { clock: Date, randomBytes }, commits);
    await store.spaces.ensure(SPACE, 1);
  });

  afterEach(() => folder.remove());

  it('fails writes in time, while reads go on, and recovers', async () => {
    const holder = await holdWriteLock(folder.path);
    const writes = ['a', 'b', 'c'].map((name) => store.spaces.ensure(spaceId(name), 1));
    for (const write of writes) await assert.rejects(write, unavailable);
    await assert.rejects(store.spaces.ensure(spaceId('d'), 1), unavailable, 'refused at once');
    assert.deepEqual(await store.spaces.meta(SPACE), { space: SPACE, shards: 1 });
    await kill(holder);
    await until(() => store.spaces.ensure(spaceId('e'), 2));
    assert.equal((await store.spaces.meta(spaceId('e')))?.shards, 2);
    assert.equal((await store.spaces.ensure(spaceId('a'), 1)).shards, 1, 'retrying is safe');
    await store.close();
  });

  it('does not keep a store from saying that it could not be closed', async () => {
    const holder = await holdWriteLock(folder.path);
    const write = assert.rejects(store.spaces.ensure(spaceId('a'), 1), unavailable);
    await setImmediate();
    await assert.rejects(store.close(), unavailable);
    await write;
    await kill(holder);
  });
});

async function holdWriteLock(directory: string): Promise<ChildProcess> {
  const script = fileURLToPath(new URL('store-lock-child.ts', import.meta.url));
  const child = spawn(process.execPath, ['--import', 'tsx', script, directory], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [said] = (await once(child.stdout, 'data')) as [Buffer];
  assert.equal(said.toString(), 'locked\n');
  return child;
}

async function kill(child: ChildProcess): Promise<void> {
  const exited = once(child, 'exit');
  child.kill('SIGKILL');
  await exited;
}

/** Tries until it succeeds; the test's own limit ends it. */
async function until(attempt: () => Promise<unknown>): Promise<void> {
  for (;;) {
    const error = await attempt().then(
      () => null,
      (thrown: unknown) => thrown,
    );
    if (error === null) return;
    assert.equal((error as { code: string }).code, 'STORE_UNAVAILABLE');
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
