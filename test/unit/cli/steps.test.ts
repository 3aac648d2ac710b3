import assert from 'node:assert/strict';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { foresync } from '../../support/cli.js';
import { smallTraceFolder } from '../../support/small-trace.js';

interface Line {
  readonly user: string;
  readonly items: readonly string[];
}

describe('cli/steps', () => {
  let scratch: Awaited<ReturnType<typeof smallTraceFolder>>;
  let trace: string;
  before(async () => {
    scratch = await smallTraceFolder(200);
    ({ trace } = scratch);
  });
  after(() => scratch.remove());

  const stepsOf = async () => {
    const { code, out } = await foresync('steps', trace);
    assert.equal(code, 0);
    return out
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as Line);
  };

  it('prints a step a line, in order', async () => {
    const steps = await stepsOf();
    assert.equal(steps.length, 200);
    assert.deepEqual(steps[1], { user: 'user-1', items: ['topic-0/plan.md', 'topic-0/note-1.md'] });
  });

  it('gives a replay what it needs to rank by scores of one’s own: those of a seer rank best', async () => {
    const steps = await stepsOf();
    const folder = join(scratch.path, 'scores');
    await writeScores(folder, steps);
    const policies = `none,blend,markov,file:seer=${folder}`;
    const args = ['replay', trace, '--in-process', '--workers', '1', '--json', '-', '--policies', policies];
    const { code, out, err } = await foresync(...args);
    assert.equal(code, 0, err);
    const report = JSON.parse(out) as { policies: Record<string, { pr_auc: number }> };
    assert.deepEqual(Object.keys(report.policies), ['none', 'markov', 'blend', 'seer']);
    const { seer, blend } = report.policies;
    assert.ok(seer !== undefined && blend !== undefined && seer.pr_auc > blend.pr_auc);
    const live = await foresync('replay', trace, '--policies', policies);
    assert.match(live.err, /CONFIG_INVALID.*--in-process/);
  });
});

/** Scores 1 for whatever a user needs in their next step. */
async function writeScores(folder: string, steps: readonly Line[]): Promise<void> {
  const users = [...new Set(steps.map(({ user }) => user))];
  const items = [...new Set(steps.flatMap((step) => step.items))];
  const rows: number[] = [];
  const named: number[] = [];
  steps.forEach(({ user }, at) => {
    const made = steps.slice(0, at + 1).filter((step) => step.user === user).length;
    const next = steps.slice(at + 1).find((step) => step.user === user)?.items ?? [];
    rows.push(users.indexOf(user), made);
    named.push(...[0, 1].map((place) => items.indexOf(next[place] ?? '') >>> 0));
  });
  await mkdir(folder);
  const meta = { format: 1, rows: steps.length, top: 2, users, items };
  await writeFile(join(folder, 'meta.json'), JSON.stringify(meta));
  await writeFile(join(folder, 'rows.u32'), Uint32Array.from(rows));
  await writeFile(join(folder, 'items.u32'), Uint32Array.from(named));
  await writeFile(join(folder, 'scores.f32'), new Float32Array(named.length).fill(1));
}
