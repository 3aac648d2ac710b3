import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { open } from 'lmdb';
import { checkDirectory } from '../../../../src/store/lmdb/preflight.js';
import { scratchFolder } from '../../../support/scratch.js';

describe('store/lmdb/preflight', () => {
  let folder: Awaited<ReturnType<typeof scratchFolder>>;
  let database: Buffer;

  before(async () => {
    folder = await scratchFolder();
    const path = join(folder.path, 'good');
    const db = open<string, string>({ path, overlappingSync: false, eventTurnBatching: false });
    await db.put('key', 'value');
    await db.close();
    database = await readFile(join(path, 'data.mdb'));
  });

  after(() => folder.remove());

  const directoryWith = async (data: Uint8Array | string): Promise<string> => {
    const path = join(folder.path, 'next');
    await rm(path, { recursive: true, force: true });
    await mkdir(path);
    await writeFile(join(path, 'data.mdb'), data);
    return path;
  };

  it('lets databases pass, and empty and missing directories, which it makes', async () => {
    await checkDirectory(await directoryWith(database));
    await checkDirectory(await directoryWith(''));
    await checkDirectory(join(folder.path, 'new', 'below'));
    await checkDirectory(join(folder.path, 'new', 'below'));
  });

  it('finds what is no database', async () => {
    const wrong = {
      short: Buffer.from('x'),
      random: randomBytes(64 * 1024),
      zeros: Buffer.alloc(64 * 1024),
      'cut off': database.subarray(0, 5000),
      'of another version': changed(database, 28, 7),
      'without magic': changed(database, 24, 0),
      'with pages of no size': changed(database, 49, 0),
    };
    for (const [what, data] of Object.entries(wrong)) {
      await assert.rejects(checkDirectory(await directoryWith(data)), { code: 'STORE_CORRUPT' }, what);
    }
  });

  it('finds what cannot be used', async () => {
    const path = await directoryWith(database);
    await assert.rejects(checkDirectory(join(path, 'data.mdb')), { code: 'STORE_UNAVAILABLE' });
    await assert.rejects(checkDirectory(join(path, 'data.mdb', 'below')), { code: 'STORE_UNAVAILABLE' });
    for (const file of ['data.mdb', 'lock.mdb']) {
      await rm(join(path, file), { force: true });
      await mkdir(join(path, file));
      await assert.rejects(checkDirectory(path), { code: 'STORE_UNAVAILABLE' });
      await rm(join(path, file), { recursive: true });
    }
  });
});

function changed(data: Buffer, at: number, byte: number): Buffer {
  const copy = Buffer.from(data);
  copy[at] = byte;
  return copy;
}
