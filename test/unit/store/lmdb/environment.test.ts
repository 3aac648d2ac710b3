import assert from 'node:assert/strict';
import { StoredFormat } from '@foresync/protocol/at-rest';
import { Environment } from '../../../../src/store/lmdb/environment.js';
import { GROUP_COMMIT_LIMITS } from '../../../../src/store/lmdb/group-commit.js';
import { keys } from '../../../../src/store/lmdb/keys.js';
import { bytes, openEnvironment } from './open-environment.js';

const idle = (): void => undefined;

describe('store/lmdb/environment', () => {
  it('refuses a directory of another layout, and opens it not', async () => {
    const opened = await openEnvironment();
    const layout = StoredFormat.encode({ isUnfinished: false, layout: 3 }).finish();
    await opened.environment.write((records) => records.put(keys.layout(), layout));
    await opened.environment.close();
    await assert.rejects(Environment.open(opened.path, GROUP_COMMIT_LIMITS, idle), {
      code: 'CONFIG_INVALID',
      message: '[CONFIG_INVALID] the directory has layout 3, this version reads 2',
      details: { field: 'store.url', facts: { layout: '3' } },
    });
    await opened.remove();
  });

  it('a failing housekeeping fails the writes of its transaction, and nothing of them is written', async () => {
    let broken = false;
    const opened = await openEnvironment({}, () => {
      if (broken) throw new Error('no more');
    });
    broken = true;
    const writing = opened.environment.write((records) => records.put(bytes('k'), bytes('v')));
    await assert.rejects(writing, { code: 'STORE_UNAVAILABLE' });
    broken = false;
    assert.equal(await opened.environment.read((records) => records.get(bytes('k'))), null);
    await opened.environment.write((records) => records.put(bytes('k'), bytes('v')));
    await opened.remove();
  });

  it('closes once', async () => {
    const opened = await openEnvironment();
    assert.equal(opened.environment.isOpen, true);
    await opened.environment.close();
    await opened.environment.close();
    assert.equal(opened.environment.isOpen, false);
    assert.throws(() => opened.environment.readNow(() => 1), { code: 'STORE_UNAVAILABLE' });
    await opened.remove();
  });
});
