import { isUtf8 } from 'node:buffer';
import { traceInvalid } from '../trace-invalid.js';
import { gitTokens } from './git-process.js';

/** One file that one commit touched. */
export interface GitTouch {
  readonly author: string;
  /** Author time, seconds since the epoch. */
  readonly timeS: number;
  readonly type: 'add' | 'edit' | 'rename' | 'delete';
  /** The path after the commit; of a delete the path before it. */
  readonly path: string;
  /** Object id of the content after the commit; all zeros for a delete. */
  readonly blob: string;
}

const submodule = '160000';
const format = '--format=tformat:commit%x00%H%x00%at%x00%aN%x00%aE';
const diff = [
  '--raw',
  '-z',
  '--no-abbrev',
  '-M',
  '-l1000',
  '-O/dev/null',
  '--no-relative',
  '--no-ext-diff',
  '--no-textconv',
];

/**
 * Every file of every commit that HEAD can reach, merges left out, parents before children; streamed. An author is
 * their e-mail address after .mailmap, or their name where the address is empty. Submodules are left out.
 */
export async function* gitTouches(repository: string): AsyncGenerator<GitTouch> {
  const args = [
    'log',
    '--no-merges',
    '--topo-order',
    '--reverse',
    '--no-color',
    format,
    ...diff,
    'HEAD',
    '--',
  ];
  const tokens = gitTokens(repository, args);
  let commit = { hash: '', author: '', timeS: 0 };
  for await (const token of tokens) {
    const text = token.toString('latin1').trimStart();
    if (text === 'commit') commit = await readCommit(tokens, repository);
    else if (text.startsWith(':')) yield* readTouch(text, tokens, commit, repository);
    else if (text !== '') throw unexpected(repository, text);
  }
}

/** A path or name from git: UTF-8 if it is, else read as Latin-1, so that every name becomes text. */
export function gitText(bytes: Buffer): string {
  return isUtf8(bytes) ? bytes.toString('utf8') : bytes.toString('latin1');
}

type Tokens = AsyncGenerator<Buffer>;

async function readCommit(
  tokens: Tokens,
  repository: string,
): Promise<{ hash: string; author: string; timeS: number }> {
  const hash = await next(tokens, repository);
  const timeS = Number(await next(tokens, repository));
  const name = await next(tokens, repository);
  const email = await next(tokens, repository);
  return { hash, author: email.trim().toLowerCase() || name.trim() || 'unknown', timeS };
}

/** `:mode mode object object status` and one path, two for a rename or a copy. */
async function* readTouch(
  raw: string,
  tokens: Tokens,
  commit: { readonly author: string; readonly timeS: number; readonly hash: string },
  repository: string,
): AsyncGenerator<GitTouch> {
  const [before = '', after = '', , blob = '', status = ''] = raw.slice(1).split(' ');
  const first = await next(tokens, repository);
  const path = /^[RC]/.test(status) ? await next(tokens, repository) : first;
  const type = touchType(status);
  if (type === null) throw unexpected(repository, raw);
  if (before === submodule || after === submodule) return;
  const timeS = Math.max(0, commit.timeS);
  if (!Number.isFinite(timeS))
    throw traceInvalid({ file: repository, line: 0 }, `commit ${commit.hash} has no author time`);
  yield { author: commit.author, timeS, type, path, blob };
}

function touchType(status: string): GitTouch['type'] | null {
  switch (status[0]) {
    case 'A':
    case 'C':
      return 'add';
    case 'M':
    case 'T':
      return 'edit';
    case 'R':
      return 'rename';
    case 'D':
      return 'delete';
    default:
      return null;
  }
}

async function next(tokens: Tokens, repository: string): Promise<string> {
  const result = await tokens.next();
  if (result.done === true) throw unexpected(repository, 'its end');
  return gitText(result.value);
}

function unexpected(repository: string, text: string): Error {
  return traceInvalid(
    { file: repository, line: 0 },
    `git log printed something unexpected: ${text.slice(0, 80)}`,
  );
}
