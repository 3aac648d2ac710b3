import { existsSync, readFileSync, rmSync } from 'node:fs';
import { relative, resolve } from 'node:path';
import ts from 'typescript';
import { filesBelow } from './files.js';
import { check, succeeds } from './step.js';

/** Where every process of the suites that are counted leaves its raw coverage. */
export const coverageFolder = resolve('coverage/tmp');

const summaryFile = 'coverage/coverage-summary.json';
const leastPercent = 90;
const pure = /^src\/(domain|context|planner|sync)\/|^src\/session\/transitions\.ts$/;

/** One report over them, then what it has to say. */
export const coverageSteps = [
  check('coverage', 'coverage report', report),
  check('coverage', `coverage of src (${leastPercent} % of lines)`, wholeIsCovered),
  check('coverage', 'coverage of the pure rooms (100 % of lines)', pureRoomsAreCovered),
];

export function forgetCoverage(): void {
  rmSync('coverage', { recursive: true, force: true });
}

function report(): Promise<boolean> | boolean {
  if (!existsSync(coverageFolder)) {
    console.log('coverage: no suite ran yet');
    return true;
  }
  const reporters = ['json-summary', 'lcovonly', 'text-summary'].map((name) => `--reporter=${name}`);
  const files = ['--all', '--src=src', '--include=src/**/*.ts', '--exclude-after-remap'];
  const excluded = filesBelow('src')
    .filter(isTypesOnly)
    .map((file) => `--exclude=${file}`);
  return succeeds('c8', [
    'report',
    `--temp-directory=${coverageFolder}`,
    '--reports-dir=coverage',
    ...reporters,
    ...files,
    ...excluded,
  ]);
}

function wholeIsCovered(): boolean {
  const percent = summary()['total']?.lines.pct ?? 100;
  if (percent < leastPercent)
    console.error(`src: ${percent} % of the lines are covered, ${leastPercent} are wanted`);
  return percent >= leastPercent;
}

function pureRoomsAreCovered(): boolean {
  const lacking = Object.entries(summary())
    .map(([file, { lines }]) => ({ file: relative('.', file), percent: lines.pct }))
    .filter(({ file, percent }) => pure.test(file) && percent < 100);
  for (const { file, percent } of lacking)
    console.error(`${file}: ${percent} % of the lines are covered, 100 are wanted`);
  return lacking.length === 0;
}

type Summary = Record<string, { lines: { pct: number } }>;

function summary(): Summary {
  return existsSync(summaryFile) ? (JSON.parse(readFileSync(summaryFile, 'utf8')) as Summary) : {};
}

/** A file of types leaves no code to run, so no run can ever cover it. */
function isTypesOnly(file: string): boolean {
  const options = { module: ts.ModuleKind.ESNext, verbatimModuleSyntax: true, removeComments: true };
  const code = ts.transpileModule(readFileSync(file, 'utf8'), { compilerOptions: options }).outputText;
  return /^\s*(export \{\};)?\s*$/.test(code);
}
