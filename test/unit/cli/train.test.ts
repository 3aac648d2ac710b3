import assert from 'node:assert/strict';
import { chmod, mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { foresync } from '../../support/cli.js';
import { scratchFolder } from '../../support/scratch.js';
import { writeSmallTrace } from '../../support/small-trace.js';

/** What training itself does is tested by the step `model` of npm test: here Python is a script that writes down its arguments. */
describe('cli/train', () => {
  let scratch: Awaited<ReturnType<typeof scratchFolder>>;
  let trace: string;
  let start: string;
  let out: string;
  const path = process.env['PATH'];
  beforeEach(async () => {
    scratch = await scratchFolder();
    trace = join(scratch.path, 'trace');
    start = join(scratch.path, 'start');
    out = join(scratch.path, 'out');
    await writeSmallTrace(trace, 30);
    const meta = await readFile(join(trace, 'meta.json'), 'utf8');
    await writeFile(join(trace, 'meta.json'), meta.replace('"train": false', '"train": true'));
    await mkdir(join(start, 'checkpoint'), { recursive: true });
    await writeFile(join(start, 'checkpoint', 'training.json'), '{}');
    await fakePython(join(scratch.path, 'bin'), join(scratch.path, 'arguments'));
    process.env['PATH'] = `${join(scratch.path, 'bin')}:${path ?? ''}`;
  });
  afterEach(async () => {
    process.env['PATH'] = path;
    await scratch.remove();
  });

  const train = (...options: string[]) => foresync('train', '--out', out, '--start', start, ...options);

  it('goes on from the checkpoint with the trace, and leaves nothing else behind', async () => {
    const { code, out: printed, err } = await train('--from', trace, '--', '--epochs', '2');
    assert.equal(code, 0, err);
    const told = (await readFile(join(scratch.path, 'arguments'), 'utf8')).trim().split('\n');
    assert.match(told.shift() ?? '', /wasm-model\/make_model\.py$/);
    const work = told.splice(3, 1);
    assert.match(work[0] ?? '', /out\/\.work-/);
    assert.deepEqual(told, [
      ...['--traces', trace, '--work', '--out', out],
      ...['--start', join(start, 'checkpoint'), '--epochs', '2'],
    ]);
    assert.equal(printed, 'trained\n');
    assert.deepEqual(await readdir(out), []);
  });

  it('says that training failed, after what it printed', async () => {
    const { code, err } = await train('--from', trace, '--', '--fail');
    assert.equal(code, 1);
    assert.equal(
      err,
      'not well\nforesync: [INTERNAL] make_model.py did not end well: see what it printed above\n',
    );
  });

  it('refuses what cannot be learned from, and a model without a checkpoint', async () => {
    await writeSmallTrace(trace, 30);
    assert.match((await train('--from', trace)).err, /FIELD_INVALID.*no model may learn from it/);
    assert.match((await train('--from', start)).err, /FIELD_INVALID.*start holds neither a trace/);
    const store = join(scratch.path, 'store');
    await mkdir(store);
    await writeFile(join(store, 'data.mdb'), '');
    assert.match((await train('--from', store)).err, /FIELD_INVALID.*is a store: --space/);
    const bare = await foresync('train', '--out', out, '--from', trace, '--start', trace);
    assert.match(bare.err, /FIELD_INVALID.*trace holds no checkpoint/);
  });
});

/** A `python3` that passes the check of its version, then writes down how it was called. */
async function fakePython(folder: string, log: string): Promise<void> {
  await mkdir(folder);
  const script = [
    '#!/bin/sh',
    '[ "$1" = -c ] && exit 0',
    `printf '%s\\n' "$@" > '${log}'`,
    'for last; do :; done',
    'if [ "$last" = --fail ]; then echo not well >&2; exit 3; fi',
    'echo trained',
  ];
  await writeFile(join(folder, 'python3'), `${script.join('\n')}\n`);
  await chmod(join(folder, 'python3'), 0o755);
}
