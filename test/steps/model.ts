import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { runPytest } from './pytest.js';
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
    // At the same time, for each leaves a core idle.
    const work = [runPytest(folder, join(scratch, 'tests.xml')), ranksWhatItTrained(scratch)] as const;
    const [{ passed, failed }, trained] = await Promise.all(work);
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

/** From the bundled trace to features, to a model of seconds, to one that goes on from it, to a replay in which that ranks. */
async function ranksWhatItTrained(scratch: string): Promise<boolean> {
  const [model, tuned] = [join(scratch, 'model'), join(scratch, 'tuned')];
  const options = ['--traces', trace, '--smoke', '--work', scratch, '--out', model];
  const env = { FORESYNC_COMMAND: [process.execPath, ...foresync].join(' ') };
  if (!(await succeeds('sh', [python, 'make_model.py', ...options], { env }))) return false;
  const tuning = ['train', '--from', trace, '--start', model, '--out', tuned, '--', '--epochs', '0'];
  if (!(await succeeds(process.execPath, [...foresync, ...tuning]))) return false;
  const replay = ['replay', trace, '--in-process', '--policies', 'model,blend', '--model', tuned];
  const printed = await outputOf([...foresync, ...replay]);
  const hasTable = ['blend', 'model'].every((policy) =>
    new RegExp(`^[▸ ] ${policy} +-?\\.\\d`, 'm').test(printed),
  );
  if (!hasTable) console.error(`the replay printed no table:\n${printed}`);
  return hasTable;
}

/** What a program in Node prints; if it fails, nothing, and its complaint is shown. */
async function outputOf(args: readonly string[]): Promise<string> {
  try {
    return (await promisify(execFile)(process.execPath, [...args])).stdout;
  } catch (error) {
    console.error(error);
    return '';
  }
}
