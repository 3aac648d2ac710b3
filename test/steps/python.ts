import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative, resolve } from 'node:path';
import { venv } from '../support/venv.js';
import { filesBelow } from './files.js';
import { runPytest } from './pytest.js';
import type { Outcome, Step } from './step.js';
import { check, succeeds } from './step.js';

const folder = 'clients/python';
const generated = `${folder}/foresync/v1`;

/** The checks of the Python client. Where Python is missing they fail, with one line that says what to install. */
export const pythonSteps: readonly Step[] = [
  check('clients', 'python-generated', generatedCodeIsCurrent),
  check('clients', 'python-lint', isClean),
  { name: 'python', group: 'clients', run: test },
];

/** The committed code is what `generate.sh` makes of the proto files now. Writes only to a temporary folder. */
async function generatedCodeIsCurrent(): Promise<boolean> {
  await venv(folder);
  const scratch = mkdtempSync(join(tmpdir(), 'foresync-python-'));
  try {
    if (!(await succeeds('sh', [`${folder}/generate.sh`, scratch]))) return false;
    const made = contents(join(scratch, 'foresync/v1'));
    const committed = contents(generated);
    const different = [...new Set([...made.keys(), ...committed.keys()])].filter(
      (file) => made.get(file) !== committed.get(file),
    );
    for (const file of different)
      console.error(`${join(generated, file)} is out of date: sh ${folder}/generate.sh`);
    return different.length === 0;
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

async function isClean(): Promise<boolean> {
  const bin = await venv(folder);
  const format = await succeeds(join(bin, 'ruff'), ['format', '--check', folder]);
  const lint = await succeeds(join(bin, 'ruff'), ['check', folder]);
  const config = ['--config-file', `${folder}/pyproject.toml`];
  const types = await succeeds(join(bin, 'mypy'), [...config, join(folder, 'foresync')], {
    env: { MYPYPATH: resolve(folder) },
  });
  return format && lint && types;
}

async function test(): Promise<Outcome> {
  await venv(folder);
  const scratch = mkdtempSync(join(tmpdir(), 'foresync-pytest-'));
  try {
    return await runPytest(folder, join(scratch, 'tests.xml'));
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

function contents(of: string): Map<string, string> {
  const files = filesBelow(of).filter((file) => /\.pyi?$/.test(file));
  return new Map(files.map((file) => [relative(of, file), readFileSync(file, 'utf8')]));
}
