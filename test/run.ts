/**
 * `npm test`: every check and every suite, all of them even after a failure.
 * `npm test -- --only unit` runs the steps of one group (static, unit, contract, integration, e2e, browser, clients, model) or one step by name.
 * The last line is always `N passed, N failed`: a check counts as one test, a suite as its tests. Only where this machine
 * lacks a language, `, N skipped` follows.
 */
import { parseArgs } from 'node:util';
import { conformanceSteps } from './steps/conformance.js';
import { coverageSteps, forgetCoverage } from './steps/coverage.js';
import { goSteps } from './steps/go.js';
import { modelSteps } from './steps/model.js';
import { pythonSteps } from './steps/python.js';
import { staticSteps } from './steps/static.js';
import type { Outcome, Step } from './steps/step.js';
import { stubSteps } from './steps/stubs.js';
import { suiteSteps } from './steps/suites.js';

const { values } = parseArgs({ options: { only: { type: 'string' } } });
const clientSteps = [...pythonSteps, ...goSteps, ...conformanceSteps, ...stubSteps];
const steps = [...staticSteps, ...suiteSteps, ...clientSteps, ...coverageSteps, ...modelSteps].filter(chosen);
/** Neither of these waits for anything or looks at the time, and each keeps one core busy: they run side by side. */
const BESIDE = ['static', 'unit'];

if (steps.length === 0) throw new Error(`no step or group is called ${values.only ?? ''}`);
if (values.only === undefined) forgetCoverage();
const beside = await Promise.all(
  BESIDE.map((group) => inOrder(steps.filter((step) => step.group === group))),
);
const after = await inOrder(steps.filter(({ group }) => !BESIDE.includes(group)));
const outcomes = [...beside.flat(), ...after];

const passed = outcomes.reduce((sum, outcome) => sum + outcome.passed, 0);
const failed = outcomes.reduce((sum, outcome) => sum + outcome.failed, 0);
const skipped = outcomes.reduce((sum, outcome) => sum + (outcome.skipped ?? 0), 0);
process.exitCode = failed > 0 ? 1 : 0;
console.log(`\n${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`);

function chosen(step: Step): boolean {
  return values.only === undefined || values.only === step.group || values.only === step.name;
}

async function inOrder(some: readonly Step[]): Promise<readonly Outcome[]> {
  const outcomes: Outcome[] = [];
  for (const step of some) outcomes.push(await timed(step));
  return outcomes;
}

async function timed(step: Step): Promise<Outcome> {
  const start = performance.now();
  const outcome: Outcome = await step.run().catch((error: unknown) => {
    console.error(error);
    return { passed: 0, failed: 1 };
  });
  const seconds = ((performance.now() - start) / 1000).toFixed(1);
  const counts =
    outcome.passed + outcome.failed > 1 ? ` (${outcome.passed} passed, ${outcome.failed} failed)` : '';
  const mark = outcome.failed > 0 ? '✖' : (outcome.skipped ?? 0) > 0 ? '–' : '✔';
  console.log(`${mark} ${step.name} ${seconds} s${counts}`);
  return outcome;
}
