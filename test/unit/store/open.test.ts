import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { spaceId } from '../../../src/domain/ids.js';
import { openStore } from '../../../src/store/open.js';
import { scratchFolder } from '../../support/scratch.js';

const surroundings = { clock: { now: () => 0 }, randomBytes };

describe('store/open', () => {
  it('opens what the URL names', async () => {
    const folder = await scratchFolder();
    for (const url of ['memory:', `lmdb:${join(folder.path, 'made', 'on the way.d')}`]) {
      const store = await openStore({ url }, surroundings);
      assert.deepEqual(await store.spaces.ensure(spaceId('s'), 2), { space: 's', shards: 2 });
      await store.close();
    }
    await folder.remove();
  });

  it('refuses what it does not know', async () => {
    for (const url of ['', 'memory', 'memory:x', 'lmdb', 'lmdb:', ':x', 'LMDB:/x', '/data']) {
      await assert.rejects(openStore({ url }, surroundings), (error: unknown) => {
        const { code, message } = error as { code: string; message: string };
        assert.equal(code, 'CONFIG_INVALID');
        assert.ok(message.includes(JSON.stringify(url)), message);
        return true;
      });
    }
    const limits = { logRetention: 0 };
    await assert.rejects(openStore({ url: 'memory:', limits }, surroundings), { code: 'CONFIG_INVALID' });
  });

  it('says STORE_CORRUPT for a file that is no database, STORE_UNAVAILABLE for a place that is none', async () => {
    const folder = await scratchFolder();
    const damaged = join(folder.path, 'damaged');
    await mkdir(damaged);
    await writeFile(join(damaged, 'data.mdb'), randomBytes(64 * 1024));
    await assert.rejects(openStore({ url: `lmdb:${damaged}` }, surroundings), { code: 'STORE_CORRUPT' });
    const file = join(folder.path, 'file');
    await writeFile(file, 'x');
    await assert.rejects(openStore({ url: `lmdb:${file}/below` }, surroundings), {
      code: 'STORE_UNAVAILABLE',
    });
    await folder.remove();
  });
});
