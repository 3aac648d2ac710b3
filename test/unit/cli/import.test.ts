import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { readRows } from '../../../src/replay/trace-rows.js';
import type { TraceRow } from '../../../src/replay/trace-types.js';
import { foresync } from '../../support/cli.js';
import { GitRepository } from '../../support/git-repository.js';
import { scratchFolder } from '../../support/scratch.js';

describe('cli/import', () => {
  let scratch: Awaited<ReturnType<typeof scratchFolder>>;
  let out: string;
  beforeEach(async () => {
    scratch = await scratchFolder();
    out = join(scratch.path, 'out');
  });
  afterEach(() => scratch.remove());

  async function file(name: string, content: string): Promise<string> {
    await writeFile(join(scratch.path, name), content);
    return join(scratch.path, name);
  }

  async function rows(): Promise<TraceRow[]> {
    const read: TraceRow[] = [];
    for await (const row of readRows(out)) read.push(row);
    return read;
  }

  const table = (): Promise<string> => file('t.csv', 'who\twhat\twhen\thow\nann\ta\t2024-01-01\tedit\n');
  const mapped = ['--user', 'who', '--item', 'what', '--time', 'when', '--separator', '\\t'];

  it('imports a table and says what to do next', async () => {
    const { code, out: printed, err } = await foresync('import', 'csv', await table(), ...mapped, '-o', out);
    assert.deepEqual([code, err], [0, '']);
    assert.equal(
      printed,
      `t: 1 events, 1 users, 1 items, 0 relations\nNext: foresync replay ${out} --in-process\n`,
    );
    assert.match((await rows())[0]?.user ?? '', /^u[0-9a-f]{12}$/);
  });

  it('keeps names, maps types and writes meta.json as it was told', async () => {
    const told = [
      '--type',
      'how',
      '--writes',
      'edit, add',
      '--creates',
      'first',
      '--outside',
      'mail',
      '--keep-names',
    ];
    const named = ['--name', 'mine', '--licence', 'CC0'];
    const { code } = await foresync('import', 'csv', await table(), ...mapped, ...told, ...named, '-o', out);
    assert.equal(code, 0);
    assert.deepEqual(
      (await rows()).map(({ user, type, timeS }) => [user, type, timeS]),
      [['ann', 'edit', 1704067200]],
    );
    assert.deepEqual(JSON.parse(await readFile(join(out, 'meta.json'), 'utf8')), {
      ...{ name: 'mine', licence: 'CC0', train: false, events: 1, users: 1, items: 1, relations: 0 },
      ...{ writes: ['edit', 'add'], creates: ['first'], outside: ['mail'] },
    });
  });

  it('imports a repository and a log, and prints JSON for scripts', async () => {
    const repository = await GitRepository.create(join(scratch.path, 'repo'));
    await repository.write('x', 'x');
    await repository.commit('Ada <ada@example.org>', 1000);
    const git = await foresync('import', 'git', repository.path, '-o', out, '--json');
    assert.deepEqual(JSON.parse(git.out), {
      ...{ trace: 'git-repo', out, events: 1, users: 1, items: 1, relations: 0, left_out: {} },
    });

    const log = await file('access.log', 'h - - [10/Oct/2000:13:55:36 -0700] "GET /a.css HTTP/1.0" 200 9\n');
    const refused = await foresync('import', 'clf', log, '-o', out, '--force');
    assert.equal(refused.code, 1);
    assert.match(refused.err, /^foresync: \[TRACE_INVALID\] .*access\.log:1: no request of a page is left/);
    const clf = await foresync('import', 'clf', log, '-o', out, '--force', '--all-paths', '--keep-bots');
    assert.deepEqual([clf.code, (await rows()).map(({ item }) => item)], [0, ['/a.css']]);
  });

  it('overwrites nothing unless told to', async () => {
    const args = ['import', 'csv', await table(), ...mapped, '-o', out];
    assert.equal((await foresync(...args)).code, 0);
    const again = await foresync(...args);
    assert.equal(again.code, 1);
    assert.match(again.err, /\[FIELD_INVALID\] .* already holds a trace \(.*\): use --force to replace it/);
    assert.equal((await foresync(...args, '--force')).code, 0);
  });

  it('tells a wrong command line (2) from failed work (1), and help (0)', async () => {
    const usage: string[][] = [
      ['import', 'git', '.'],
      ['import', 'csv', 'x', '-o', out, '--user', 'a', '--item', 'b'],
      ['import', 'csv', 'x', ...mapped, '--separator', 'ab', '-o', out],
      ['import', 'csv', 'x', ...mapped, '--writes', 'a,,b', '-o', out],
      ['import', 'svn', '.'],
      ['nonsense'],
      [],
    ];
    for (const args of usage) {
      const { code, err } = await foresync(...args);
      assert.equal(code, 2, args.join(' '));
      assert.match(err, /error:|Usage:/);
    }
    assert.equal((await foresync('import', 'csv', join(scratch.path, 'gone'), ...mapped, '-o', out)).code, 1);
    const help = await foresync('import', 'csv', '--help');
    assert.equal(help.code, 0);
    assert.match(help.out, /Usage: foresync import csv/);
    assert.match((await foresync('--version')).out, /^\d+\.\d+\.\d+\n$/);
  });
});
