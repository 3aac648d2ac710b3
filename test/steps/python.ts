import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { venv } from '../support/venv.js';
import { isCurrent } from './generated.js';
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

/** The committed code is what `generate.sh` makes of the proto files now. */
async function generatedCodeIsCurrent(): Promise<boolean> {
  await venv(folder);
  const script = `${folder}/generate.sh`;
  return isCurrent({
    folder: generated,
    command: `sh ${script}`,
    make: (scratch) => succeeds('sh', [script, scratch]),
    madeIn: 'foresync/v1',
    only: /\.pyi?$/,
  });
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
