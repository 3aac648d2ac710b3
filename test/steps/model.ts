import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Outcome, Step } from './step.js';
import { check, succeeds } from './step.js';

const folder = 'wasm-model';
const python = `${folder}/python.sh`;
const trace = 'bench/traces/git-hono';
/** From source: dist/ may be older. */
const foresync = ['--import', 'tsx', '--conditions=foresync-dev', 'src/cli/foresync.ts'];

/** The checks of training. Where Python is missing they fail, with one line that says what to install. */
export const modelSteps: readonly Step[] = [
  check('model', 'model-lint', isClean),
  { name: 'model', group: 'model', run: testAndTrain },
];

async function isClean(): Promise<boolean> {
  if (!(await hasEnvironment())) return false;
  const lint = await ruff('check');
  return (await ruff('format', '--check')) && lint;
}

async function testAndTrain(): Promise<Outcome> {
  if (!(await hasEnvironment())) return { passed: 0, failed: 1 };
  const scratch = mkdtempSync(join(tmpdir(), 'foresync-model-'));
  try {
    const { passed, failed } = await runPytest(join(scratch, 'tests.xml'));
    const trained = await ranksWhatItTrained(scratch);
    return { passed: passed + Number(trained), failed: failed + Number(!trained) };
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

/** The first time it takes a minute or two, to install JAX. */
function hasEnvironment(): Promise<boolean> {
  return succeeds('sh', [python, 'environment.py', '--dev']);
}

function ruff(...args: readonly string[]): Promise<boolean> {
  return succeeds(`${folder}/.venv/bin/ruff`, [...args, folder]);
}

async function runPytest(report: string): Promise<Outcome> {
  const args = [
    '-q',
    `--rootdir=${folder}`,
    `--config-file=${folder}/pyproject.toml`,
    `--junitxml=${report}`,
  ];
  const succeeded = await succeeds(`${folder}/.venv/bin/pytest`, [...args, folder]);
  const xml = readFileSync(report, 'utf8');
  const count = (name: string): number =>
    Number(new RegExp(`<testsuite [^>]*${name}="(\\d+)"`).exec(xml)?.[1]);
  const failed = count('failures') + count('errors');
  // A run that fails without a failed test counts as one failure.
  return {
    passed: count('tests') - failed - count('skipped'),
    failed: succeeded ? failed : Math.max(1, failed),
  };
}

/** From the bundled trace to features, to a model of seconds, to a replay in which it ranks. */
async function ranksWhatItTrained(scratch: string): Promise<boolean> {
  const model = join(scratch, 'model');
  const options = ['--traces', trace, '--smoke', '--work', scratch, '--out', model];
  const env = { FORESYNC_COMMAND: [process.execPath, ...foresync].join(' ') };
  if (!(await succeeds('sh', [python, 'make_model.py', ...options], { env }))) return false;
  const replay = ['replay', trace, '--in-process', '--policies', 'model,blend', '--model', model];
  const { stdout } = await promisify(execFile)(process.execPath, [...foresync, ...replay]);
  const hasTable = ['blend', 'model'].every((policy) =>
    new RegExp(`^[▸ ] ${policy} +-?\\.\\d`, 'm').test(stdout),
  );
  if (!hasTable) console.error(`the replay printed no table:\n${stdout}`);
  return hasTable;
}
