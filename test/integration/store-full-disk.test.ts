import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { dataHash, spaceId } from '../../src/domain/ids.js';
import { openStore } from '../../src/store/open.js';
import { scratchFolder } from '../support/scratch.js';
import { auditBlobs } from '../support/store-audit.js';

const LIMIT_BYTES = 5 * 1024 * 1024;

describe('store: a full disk', function () {
  this.timeout(60_000);

  it('fails the write that does not fit, keeps the others, and goes on when there is room', async () => {
    const folder = await scratchFolder();
    const lines = await fillUnderLimit(folder.path);
    const hashes = lines.filter((line) => line.startsWith('put ')).map((line) => dataHash(line.slice(4)));
    assert.ok(hashes.length > 10 && hashes.length < 60, `${hashes.length}`);
    const rest = lines.slice(hashes.length);
    assert.deepEqual(rest, ['failed STORE_UNAVAILABLE true', `read ${hashes.length}`, 'small 1']);
    const store = await openStore({ url: `lmdb:${folder.path}` }, { clock: Date, randomBytes });
    for (const hash of hashes) assert.equal((await store.blobs.read(hash, 0, 100_000))?.length, 100_000);
    assert.equal((await store.spaces.meta(spaceId('small')))?.shards, 1);
    await store.spaces.ensure(spaceId('room'), 1);
    await store.close();
    await auditBlobs(folder.path);
    await folder.remove();
  });
});

/** In a process that may not write larger files (a shell counts in blocks of 512 bytes). */
async function fillUnderLimit(directory: string): Promise<string[]> {
  const script = fileURLToPath(new URL('store-full-disk-child.ts', import.meta.url));
  const node = [process.execPath, '--import', 'tsx', '--conditions', 'foresync-dev', script, directory];
  const command = `ulimit -f ${LIMIT_BYTES / 512} && exec "$@"`;
  const env = { ...process.env, NODE_V8_COVERAGE: undefined };
  const { stdout } = await promisify(execFile)('sh', ['-c', command, 'sh', ...node], { env });
  return stdout.trim().split('\n');
}
