import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromiumIsThere } from './chromium.js';
import { coverageFolder } from './coverage.js';
import { filesBelow } from './files.js';
import { redisIsThere } from './redis.js';
import type { Outcome, Step } from './step.js';
import { succeeds } from './step.js';

/**
 * The mocha suites, each in a process of its own. The first three write their coverage to one place; those with whole
 * deployments prove more than lines, and run slower by half where lines are counted.
 */
export const suiteSteps = [
  suite('unit', 'test/unit', { NODE_V8_COVERAGE: coverageFolder }),
  suite('contract', 'test/contract', { NODE_V8_COVERAGE: coverageFolder }, redisIsThere),
  suite('integration', 'test/integration', { NODE_V8_COVERAGE: coverageFolder }, redisIsThere),
  suite('e2e', 'test/e2e', {}, redisIsThere),
  suite('browser', 'test/browser', {}, chromiumIsThere),
  suite('clients', 'clients/typescript/test', {}),
];

/** `needs`: what has to be there first; the suite fails without it. */
function suite(
  name: string,
  folder: string,
  env: NodeJS.ProcessEnv,
  needs: () => Promise<boolean> = () => Promise.resolve(true),
): Step {
  const run = async (): Promise<Outcome> =>
    (await needs()) ? runMocha(folder, env) : { passed: 0, failed: 1 };
  return { name, group: name, run };
}

async function runMocha(folder: string, env: NodeJS.ProcessEnv): Promise<Outcome> {
  const files = filesBelow(folder).filter((file) => file.endsWith('.test.ts'));
  if (files.length === 0) {
    console.log(`${folder}: no tests yet`);
    return { passed: 0, failed: 0 };
  }
  const scratch = mkdtempSync(join(tmpdir(), 'foresync-test-'));
  const counts = join(scratch, 'counts.json');
  try {
    const reporter = ['--reporter', 'test/steps/counting-reporter.cjs'];
    const succeeded = await succeeds('mocha', [...reporter, ...files], {
      env: { ...env, TEST_COUNTS: counts },
    });
    return agreed(succeeded, readCounts(counts));
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

/** A run that fails without a failed test (a crash, a leak that never lets it end) counts as one failure. */
function agreed(succeeded: boolean, counts: Outcome): Outcome {
  return succeeded || counts.failed > 0 ? counts : { ...counts, failed: 1 };
}

function readCounts(file: string): Outcome {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Outcome;
  } catch {
    return { passed: 0, failed: 1 };
  }
}
