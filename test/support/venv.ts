import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
const NEEDED =
  'needs python3 of version 3.11 or newer with venv (on Debian and Ubuntu: apt install python3 python3-venv)';

/**
 * The folder of programs of the virtual environment `FOLDER/.venv`, which has what `FOLDER/requirements` lists: made and
 * filled when it is not, once for each state of that file. Rejects saying in one line what is missing.
 */
export async function venv(folder: string, requirements = 'requirements.txt'): Promise<string> {
  const home = resolve(folder, '.venv');
  const bin = join(home, 'bin');
  const stamp = join(home, 'installed.txt');
  const file = resolve(folder, requirements);
  const wanted = createHash('sha256').update(readFileSync(file)).digest('hex');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) return bin;
  console.log(`installing what ${folder}/${requirements} lists in ${folder}/.venv (once)`);
  await python(folder);
  await run('python3', ['-m', 'venv', '--clear', home]);
  const quiet = ['--quiet', '--disable-pip-version-check'];
  await run(join(bin, 'python'), ['-m', 'pip', 'install', ...quiet, '-r', file], { cwd: resolve(folder) });
  writeFileSync(stamp, wanted);
  return bin;
}

async function python(folder: string): Promise<void> {
  const check = 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))';
  try {
    await run('python3', ['-c', check]);
  } catch {
    throw new Error(`${folder} ${NEEDED}`);
  }
}
