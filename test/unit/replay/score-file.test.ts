import assert from 'node:assert/strict';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { EMPTY_CONTEXT } from '../../../src/domain/context.js';
import type { Question } from '../../../src/domain/engine-port.js';
import { deviceId, itemId, pseudonym, spaceId } from '../../../src/domain/ids.js';
import { scoreFileOf, shownName } from '../../../src/replay/policies.js';
import { scoreFilePolicy } from '../../../src/replay/score-file.js';
import { scratchFolder } from '../../support/scratch.js';

const NONE = 0xffff_ffff;

describe('replay/score-file', () => {
  let scratch: Awaited<ReturnType<typeof scratchFolder>>;
  let folder: string;
  beforeEach(async () => {
    scratch = await scratchFolder();
    folder = join(scratch.path, 'scores');
    await mkdir(folder);
    const meta = { format: 1, rows: 3, top: 2, users: ['anna', 'boris'], items: ['a', 'b', 'c'] };
    await writeFile(join(folder, 'meta.json'), JSON.stringify(meta));
    await writeFile(join(folder, 'rows.u32'), Uint32Array.of(0, 1, 0, 2, 1, 1));
    await writeFile(join(folder, 'items.u32'), Uint32Array.of(0, 1, 2, NONE, 1, 0));
    await writeFile(join(folder, 'scores.f32'), Float32Array.of(0.5, 0.25, 0.125, 0, 0.75, 0.0625));
  });
  afterEach(() => scratch.remove());

  const question = (user: string, steps: number): Question => ({
    ...{ kind: 'user', space: spaceId('s'), user: pseudonym(user), device: deviceId('d'), nowMs: 0 },
    context: { ...EMPTY_CONTEXT, steps },
    items: ['c', 'b', 'a', 'unknown'].map(itemId),
  });

  it('scores by the row of the user’s last step, and what it does not name almost nothing', async () => {
    const policy = await scoreFilePolicy('mine', folder);
    const scores = async (user: string, steps: number) => [...(await policy.score(question(user, steps)))];
    assert.deepEqual(await scores('anna', 1), [1e-9, 0.25, 0.5, 1e-9]);
    assert.deepEqual(await scores('anna', 2), [0.125, 1e-9, 1e-9, 1e-9]);
    assert.deepEqual(await scores('boris', 1), [1e-9, 0.75, 0.0625, 1e-9]);
    for (const [user, steps] of [
      ['boris', 2],
      ['nobody', 1],
    ] as const) {
      assert.deepEqual(await scores(user, steps), [1e-9, 1e-9, 1e-9, 1e-9]);
    }
    assert.deepEqual([policy.name, policy.payment, policy.plans], ['mine', 'price', 'all']);
  });

  it('refuses columns of another size, and a folder without them', async () => {
    await writeFile(join(folder, 'scores.f32'), Float32Array.of(1));
    await assert.rejects(
      scoreFilePolicy('mine', folder),
      /TRACE_INVALID.*scores\.f32.*has 4 bytes.*implies 24/,
    );
    await writeFile(join(folder, 'meta.json'), '{"format": 2}');
    await assert.rejects(scoreFilePolicy('mine', folder), /TRACE_INVALID.*meta\.json/);
    await assert.rejects(scoreFilePolicy('mine', scratch.path), /TRACE_INVALID.*cannot be read as JSON/);
  });

  it('is named by file:NAME=DIR, unless a policy is called so', () => {
    assert.deepEqual(scoreFileOf('file:gru4rec=/some/dir=1'), { name: 'gru4rec', folder: '/some/dir=1' });
    for (const other of ['file:blend=x', 'file:=x', 'file:a=', 'blend', 'file:A b=x']) {
      assert.equal(scoreFileOf(other), null, other);
    }
    assert.deepEqual(['file:gru4rec=x', 'blend'].map(shownName), ['gru4rec', 'blend']);
  });
});
