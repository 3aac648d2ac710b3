import assert from 'node:assert/strict';
import { mkdir, readFile, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { itemId } from '../../src/domain/ids.js';
import { importGit } from '../../src/replay/import/git.js';
import type { ImportResult } from '../../src/replay/import/import-result.js';
import { plainNames, pseudonyms } from '../../src/replay/import/pseudonyms.js';
import { writeTrace } from '../../src/replay/import/trace-writer.js';
import { readRows } from '../../src/replay/trace-rows.js';
import { readRelations, readSizes } from '../../src/replay/trace-tables.js';
import { GitRepository } from '../support/git-repository.js';
import { scratchFolder } from '../support/scratch.js';

const ada = 'Ada Lovelace <Ada@Example.org>';
const bob = 'Bob "B," <bob@example.org>';

describe('foresync import git, on a repository made by git', () => {
  let scratch: Awaited<ReturnType<typeof scratchFolder>>;
  let repository: GitRepository;
  beforeEach(async () => {
    scratch = await scratchFolder();
    repository = await GitRepository.create(join(scratch.path, 'work'));
  });
  afterEach(() => scratch.remove());

  const imported = (path = repository.path, naming = plainNames): Promise<ImportResult> =>
    importGit(path, { name: null, licence: 'MIT', naming, onProgress: () => undefined });

  const events = ({ trace }: ImportResult): unknown[] =>
    [...trace.events.inOrder()].map(({ user, item, type, timeS }) => [user, item, type, timeS]);

  it('tells who added, edited and renamed what, and when; a delete is no event', async () => {
    await repository.write('a.txt', 'one\ntwo\nthree\n');
    await repository.write('b.txt', 'b');
    await repository.commit(ada, 1000);
    await repository.write('a.txt', 'one\ntwo\nthree\nfour\n');
    await repository.commit(bob, 2000);
    await repository.move('a.txt', 'docs/a.txt');
    await repository.commit(ada, 3000);
    await repository.remove('b.txt');
    await repository.commit(ada, 4000);
    const result = await imported();
    assert.deepEqual(events(result), [
      ['ada@example.org', 'a.txt', 'add', 1000],
      ['ada@example.org', 'b.txt', 'add', 1000],
      ['bob@example.org', 'a.txt', 'edit', 2000],
      ['ada@example.org', 'docs/a.txt', 'rename', 3000],
    ]);
    assert.deepEqual([...result.leftOut], [['deletes', 1]]);
    assert.deepEqual(result.trace.meta.writes, ['edit', 'add', 'rename']);
    assert.deepEqual(result.trace.meta.creates, ['add']);
    assert.equal(result.trace.meta.name, 'git-work');
  });

  it('takes sizes from HEAD, and the last known one of what is gone', async () => {
    await repository.write('kept.txt', '12345');
    await repository.write('gone.txt', '123');
    await repository.commit(ada, 1000);
    await repository.write('gone.txt', '1234567');
    await repository.write('empty.txt', '');
    await repository.commit(ada, 2000);
    await repository.remove('gone.txt');
    await repository.commit(ada, 3000);
    assert.deepEqual(
      [...(await imported()).trace.sizes],
      [
        ['empty.txt', 0],
        ['gone.txt', 7],
        ['kept.txt', 5],
      ],
    );
  });

  it('survives hostile names: quotes, commas, line breaks, leading marks, unicode, other bytes', async () => {
    const names = [
      'a,b',
      'say "hi".txt',
      'two\nlines',
      'tab\there',
      ' spaces ',
      '-rf',
      ':100644 x',
      'commit',
      'テスト/🍕.md',
      "it's",
      'back\\slash',
    ];
    for (const name of names) await repository.write(name, name);
    await repository.write(Buffer.from('caf\xe9', 'latin1'), 'latin');
    await repository.commit(ada, 1000);
    await repository.move('commit', ':000000 commit');
    await repository.commit(bob, 2000);
    const expected = [...names, 'café'].sort();
    const result = await imported();
    const added = [...result.trace.events.inOrder()].filter(({ type }) => type === 'add');
    assert.deepEqual(added.map(({ item }) => item).sort(), expected);
    assert.deepEqual(events(result).at(-1), ['bob@example.org', ':000000 commit', 'rename', 2000]);
    assert.equal(result.trace.sizes.get('テスト/🍕.md'), Buffer.byteLength('テスト/🍕.md'));

    const out = join(scratch.path, 'out');
    await writeTrace(out, result.trace);
    const read: string[] = [];
    for await (const row of readRows(out)) read.push(row.item);
    assert.deepEqual(read.slice(0, -1).sort(), expected);
  });

  it('leaves out merges, submodules and paths that no id can hold; keeps links out of the relations', async () => {
    await repository.write('a.ts', `import './b';`);
    await repository.write('b.ts', '');
    await repository.commit(ada, 1000);
    await repository.git('checkout', '-q', '-b', 'side');
    await repository.write('side.ts', '');
    await repository.commit(bob, 2000);
    await repository.git('checkout', '-q', 'main');
    await repository.write(`${'deep/'.repeat(110)}x.ts`, '');
    await symlink('a.ts', join(repository.path, 'link.ts'));
    const inner = await GitRepository.create(join(repository.path, 'inner'));
    await inner.write('x', 'x');
    await inner.commit(ada, 500);
    await repository.commit(ada, 3000);
    await repository.git(
      '-c',
      'user.name=m',
      '-c',
      'user.email=m@m',
      'merge',
      '-q',
      '--no-ff',
      '-m',
      'm',
      'side',
    );
    const result = await imported();
    assert.deepEqual(events(result), [
      ['ada@example.org', 'a.ts', 'add', 1000],
      ['ada@example.org', 'b.ts', 'add', 1000],
      ['bob@example.org', 'side.ts', 'add', 2000],
      ['ada@example.org', 'link.ts', 'add', 3000],
    ]);
    assert.deepEqual([...result.leftOut], [['paths longer than 512 bytes', 1]]);
    assert.deepEqual(result.trace.relations, [['a.ts', 'b.ts']]);
  });

  it('finds the imports of HEAD in every language, and skips binary files', async () => {
    await repository.write('web/a.ts', `import { b } from './b.js';\n`);
    await repository.write('web/b.ts', '');
    await repository.write('tool/x.py', 'from . import y\n');
    await repository.write('tool/y.py', '');
    await repository.write('c/main.c', '#include "x.h"\n');
    await repository.write('c/x.h', '');
    await repository.write('web/binary.ts', Buffer.from(`import './a';\0`));
    await repository.commit(ada, 1000);
    await repository.write('web/a.ts', `import './c';\n`);
    await repository.write('web/c.ts', '');
    await repository.commit(ada, 2000);
    const out = join(scratch.path, 'out');
    await writeTrace(out, (await imported()).trace);
    assert.deepEqual(
      [...(await readRelations(out))],
      [
        ['c/main.c', ['c/x.h']],
        ['tool/x.py', ['tool/y.py']],
        ['web/a.ts', ['web/c.ts']],
      ],
    );
    assert.equal((await readSizes(out)).get(itemId('web/a.ts')), 14);
  });

  it('reads bare repositories and folders inside one, whatever the settings of the person', async () => {
    await repository.write('x.txt', 'x');
    await repository.write('sub/y.txt', 'a\nb\nc\n');
    await repository.commit(ada, 1000);
    await repository.move('sub/y.txt', 'sub/z.txt');
    await repository.commit(ada, 2000);
    const plain = events(await imported());
    const bare = join(scratch.path, 'bare.git');
    await repository.git('clone', '-q', '--bare', repository.path, bare);
    assert.deepEqual(events(await imported(bare)), plain);
    assert.equal((await imported(bare)).trace.meta.name, 'git-bare');
    for (const [key, value] of [
      ['diff.renames', 'false'],
      ['log.showSignature', 'true'],
      ['diff.relative', 'true'],
      ['diff.orderFile', 'gone'],
      ['log.showRoot', 'false'],
      ['color.ui', 'always'],
      ['diff.external', 'false'],
    ] as const) {
      await repository.git('config', key, value);
    }
    assert.deepEqual(events(await imported(join(repository.path, 'sub'))), plain);
  });

  it('sorts by author time where history has another order', async () => {
    await repository.write('a', '1');
    await repository.commit(ada, 5000);
    await repository.write('b', '1');
    await repository.commit(bob, 1000);
    assert.deepEqual(events(await imported()), [
      ['bob@example.org', 'b', 'add', 1000],
      ['ada@example.org', 'a', 'add', 5000],
    ]);
  });

  it('names people by a key of its own, after .mailmap, and writes no name anywhere', async () => {
    await repository.write('.mailmap', 'Ada <ada@example.org> <old@example.org>\n');
    await repository.commit(ada, 1000);
    await repository.write('x', 'x');
    await repository.commit('A. L. <old@example.org>', 2000);
    await repository.write('x', 'y');
    await repository.commit('Nobody <>', 3000);
    const [first, second] = [
      await imported(repository.path, pseudonyms()),
      await imported(repository.path, pseudonyms()),
    ];
    const users = (result: ImportResult): string[] =>
      [...result.trace.events.inOrder()].map(({ user }) => user);
    assert.equal(new Set(users(first)).size, 2);
    assert.equal(users(first)[0], users(first)[1]);
    assert.ok(users(first).every((user) => /^u[0-9a-f]{12}$/.test(user)));
    assert.notEqual(users(first)[0], users(second)[0]);
    assert.deepEqual(users(await imported()), ['ada@example.org', 'ada@example.org', 'Nobody']);
    const out = join(scratch.path, 'out');
    await writeTrace(out, first.trace);
    assert.doesNotMatch(await readFile(join(out, 'meta.json'), 'utf8'), /ada/i);
  });

  it('says in git’s words what is wrong', async () => {
    const invalid = (message: RegExp): object => ({ code: 'TRACE_INVALID', message });
    await assert.rejects(imported(), invalid(/git log: .*(HEAD|main)/));
    await assert.rejects(imported(join(scratch.path, 'gone')), invalid(/gone: git log: cannot change to/));
    const plain = join(scratch.path, 'plain');
    await mkdir(plain);
    await assert.rejects(imported(plain), invalid(/not a git repository/));
    await repository.git(
      '-c',
      'user.name=m',
      '-c',
      'user.email=m@m',
      'commit',
      '-q',
      '--allow-empty',
      '-m',
      'x',
    );
    await assert.rejects(imported(), invalid(/no commit touches a file/));
  });

  it('streams a history that is longer than any buffer', async () => {
    const commit = (at: number): string => {
      const files = Array.from({ length: 900 }, (_, file) => {
        return `M 100644 inline dir-${file % 30}/a-rather-long-file-name-${file}.txt\ndata 2\n${10 + at}\n`;
      });
      return `commit refs/heads/main\ncommitter ${ada} ${1000 + at} +0000\ndata 1\nx\n${files.join('')}\n`;
    };
    await repository.fastImport(Array.from({ length: 12 }, (_, at) => commit(at)).join(''));
    const progress: number[] = [];
    const options = {
      name: 'n',
      licence: 'x',
      naming: plainNames,
      onProgress: (count: number) => progress.push(count),
    };
    const { trace } = await importGit(repository.path, options);
    assert.equal(trace.events.size, 12 * 900);
    assert.deepEqual(progress, [10_000]);
  });
});
