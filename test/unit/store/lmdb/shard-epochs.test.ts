import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { spaceId } from '../../../../src/domain/ids.js';
import type { ArchiveRecord } from '../../../../src/domain/archive-port.js';
import { openArchive, openCopy } from '../../../../src/store/archives.js';
import { openStore } from '../../../../src/store/open.js';
import { scratchFolder } from '../../../support/scratch.js';

const space = spaceId('team');
const SHARD = { kind: 'shard', space, low: 4, high: 4 } as const;

describe('store/lmdb: epochs of copied shards', () => {
  it('are kept where they differ from the space’s, and go along with the next copy', async () => {
    const folder = await scratchFolder();
    const url = `lmdb:${folder.path}`;
    const records: readonly ArchiveRecord[] = [
      { kind: 'space', space, shards: 3, epoch: 'first' },
      { ...SHARD, shard: 1, epoch: 'later' },
      { ...SHARD, shard: 2, epoch: 'first' },
    ];
    try {
      const copy = await openCopy({ url });
      await copy.begin({ source: 'x', startedMs: 1, part: 'blobs', after: '' });
      for (let time = 0; time < 2; time++) await copy.write(records);
      await copy.finish();
      await copy.close();
      const store = await openStore({ url }, { clock: Date, randomBytes });
      const bounds = [0, 1, 2].map((shard) => store.spaces.bounds(space, shard));
      assert.deepEqual(await Promise.all(bounds), [
        { epoch: 'first', low: 0, high: 0 },
        { epoch: 'later', low: 4, high: 4 },
        { epoch: 'first', low: 4, high: 4 },
      ]);
      await store.close();
      const archive = await openArchive({ url });
      const found: ArchiveRecord[] = [];
      for await (const page of archive.read('spaces', '', 1)) found.push(...page.records);
      await archive.close();
      assert.deepEqual(found, records);
    } finally {
      await folder.remove();
    }
  });
});
