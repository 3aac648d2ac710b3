import { existsSync, readFileSync } from 'node:fs';
import type { Outcome } from './step.js';
import { succeeds } from './step.js';

/** Runs the tests of a folder with the pytest of its virtual environment; `report` is where it may write what it counted. */
export async function runPytest(folder: string, report: string): Promise<Outcome> {
  const config = [`--rootdir=${folder}`, `--config-file=${folder}/pyproject.toml`, `--junitxml=${report}`];
  const succeeded = await succeeds(`${folder}/.venv/bin/pytest`, ['-q', ...config, folder]);
  if (!existsSync(report)) return { passed: 0, failed: 1 };
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
