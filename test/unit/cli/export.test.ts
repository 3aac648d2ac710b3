import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { deviceId, itemId, pseudonym, spaceId } from '../../../src/domain/ids.js';
import { loadTrace } from '../../../src/replay/trace.js';
import { openStore } from '../../../src/store/open.js';
import { foresync } from '../../support/cli.js';
import { scratchFolder } from '../../support/scratch.js';

const SPACE = spaceId('notes');

describe('cli/export', () => {
  let scratch: Awaited<ReturnType<typeof scratchFolder>>;
  let store: string;
  let out: string;
  before(async () => {
    scratch = await scratchFolder();
    [store, out] = [join(scratch.path, 'store'), join(scratch.path, 'trace')];
    await useStore(store);
  });
  after(() => scratch.remove());

  it('writes a trace that can be replayed, and says what is in it', async () => {
    const { code, out: printed, err } = await foresync('export', out, '--store', store, '--space', SPACE);
    assert.equal(code, 0, err);
    assert.match(printed, /^notes: 4 events, 1 users, 2 items, 0 relations\nNext: foresync replay /);
    const trace = await loadTrace(out);
    assert.equal(trace.steps.length, 4);
    assert.deepEqual([trace.meta.licence, trace.meta.train], ['own', true]);
    assert.deepEqual(trace.steps[0]?.items, [{ item: itemId('docs/a'), created: false, written: true }]);
  });

  it('replaces a trace only if told to, and hides the names of items', async () => {
    const again = await foresync('export', out, '--store', store, '--space', SPACE);
    assert.equal(again.code, 1);
    assert.match(again.err, /--force/);
    const options = ['--store', `lmdb:${store}`, '--space', SPACE, '--hash-items', '--force', '--json'];
    const { code, out: printed } = await foresync('export', out, ...options);
    assert.equal(code, 0);
    assert.equal((JSON.parse(printed) as { events: number }).events, 4);
    const { steps } = await loadTrace(out);
    assert.match(steps[0]?.items[0]?.item ?? '', /^u[0-9a-f]{12}\/u[0-9a-f]{12}$/);
  });

  it('makes no store where there is none', async () => {
    const empty = join(scratch.path, 'empty');
    await mkdir(empty);
    const target = join(scratch.path, 'unwritten');
    const { code, err } = await foresync('export', target, '--store', empty, '--space', SPACE);
    assert.equal(code, 1);
    assert.match(err, /^foresync: \[FIELD_INVALID\] .*empty holds no store/);
    assert.deepEqual(await readdir(empty), []);
    const unknown = await foresync('export', target, '--store', store, '--space', 'elsewhere');
    assert.match(unknown.err, /SPACE_UNKNOWN/);
    await assert.rejects(readdir(target));
  });
});

/** Makes a store in which one user edited one item and viewed another, in turn. */
async function useStore(folder: string): Promise<void> {
  const store = await openStore({ url: `lmdb:${folder}` }, { clock: { now: () => 0 }, randomBytes });
  await store.spaces.ensure(SPACE, 1);
  for (let sequence = 1; sequence <= 4; sequence++) {
    const item = itemId(sequence % 2 === 1 ? 'docs/a' : 'docs/b');
    const type = sequence % 2 === 1 ? 'edited' : 'viewed';
    const activities = [{ type, item, timeMs: sequence * 60_000, locationCell: null } as const];
    await store.users.apply(
      pseudonym('c'.repeat(32)),
      deviceId('laptop'),
      { space: SPACE, sequence, activities },
      { expectedVersion: sequence - 1, bytes: new Uint8Array() },
    );
  }
  await store.close();
}
