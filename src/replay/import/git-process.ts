import { spawn } from 'node:child_process';
import { Readable } from 'node:stream';
import { ForesyncError } from '../../domain/errors.js';
import { traceInvalid } from '../trace-invalid.js';

/** Longest token (a path, an author) that is read, in bytes. */
const MAX_TOKEN = 1 << 20;

/** Settings of the person who runs the import must not change what is read. */
const settings = [
  'log.showRoot=true',
  'log.showSignature=false',
  'diff.orderFile=',
  'diff.ignoreSubmodules=none',
];

/** Of a hook or a script that we may run in: they would point git at another repository than the one asked for. */
const foreign = ['GIT_DIR', 'GIT_WORK_TREE', 'GIT_INDEX_FILE', 'GIT_OBJECT_DIRECTORY', 'GIT_NAMESPACE'];

/**
 * What git prints, streamed. `input` goes to its standard input. Nothing is fetched and nothing in the repository is
 * changed. Throws TRACE_INVALID with git's own words if it fails; ends git if the reader stops early.
 */
export async function* gitOutput(
  repository: string,
  args: readonly string[],
  input: Iterable<string> = [],
): AsyncGenerator<Buffer, void> {
  const child = spawn('git', ['-C', repository, ...settings.flatMap((pair) => ['-c', pair]), ...args], {
    env: environment(),
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  const complaint = collected(child.stderr);
  const exit = new Promise<number | null>((done, fail) => child.once('error', fail).once('close', done));
  exit.catch(() => undefined); // awaited below; until then it must not count as unhandled
  // If git ends before it read everything, its exit code says why; the broken pipe adds nothing.
  Readable.from(input)
    .on('error', () => undefined)
    .pipe(child.stdin.on('error', () => undefined));
  try {
    for await (const chunk of child.stdout) yield chunk as Buffer; // a stream without encoding yields buffers
    const code = await exit.catch(notStarted);
    if (code !== 0)
      throw traceInvalid({ file: repository, line: 0 }, `git ${args[0] ?? ''}: ${await complaint}`);
  } finally {
    child.kill();
  }
}

/** The tokens of an output that ends each with NUL (git's -z), as bytes: paths need not be UTF-8. */
export async function* gitTokens(repository: string, args: readonly string[]): AsyncGenerator<Buffer, void> {
  let rest: Buffer = Buffer.alloc(0);
  for await (const chunk of gitOutput(repository, args)) {
    const bytes = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
    let start = 0;
    for (let end = bytes.indexOf(0); end >= 0; end = bytes.indexOf(0, start)) {
      yield bytes.subarray(start, end);
      start = end + 1;
    }
    rest = bytes.subarray(start);
    if (rest.length > MAX_TOKEN)
      throw traceInvalid({ file: repository, line: 0 }, `a name has over ${MAX_TOKEN} bytes`);
  }
  if (rest.length > 0) yield rest;
}

function environment(): NodeJS.ProcessEnv {
  const kept = Object.entries(process.env).filter(([name]) => !foreign.includes(name));
  const ours = { LC_ALL: 'C', GIT_OPTIONAL_LOCKS: '0', GIT_TERMINAL_PROMPT: '0', GIT_NO_LAZY_FETCH: '1' };
  return { ...Object.fromEntries(kept), ...ours };
}

/** The last 2 KiB that git complained. */
async function collected(stderr: Readable): Promise<string> {
  let text = '';
  for await (const chunk of stderr) text = (text + String(chunk)).slice(-2048);
  return text.trim().replace(/^fatal: /, '');
}

function notStarted(cause: unknown): never {
  throw new ForesyncError('CONFIG_INVALID', 'git could not be started: is it installed and in PATH?', {
    cause,
  });
}
