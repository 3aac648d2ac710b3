import { mkdir, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Command } from 'commander';
import { InvalidArgumentError } from 'commander';
import { ForesyncError } from '../domain/errors.js';
import { KNOWN_POLICIES, REPLAY_POLICIES, scoreFileOf } from '../replay/policies.js';
import { replay } from '../replay/replay.js';
import { htmlReport } from '../replay/report/html.js';
import { reportJson } from '../replay/report/json.js';
import { textReport } from '../replay/report/text-table.js';
import { integerBetween, list, numberFrom } from './options.js';
import { ReplayProgress } from './replay-progress.js';
import type { Terminal } from './terminal.js';

interface ReplayCommand {
  readonly policies: readonly string[];
  readonly budget: number;
  readonly inProcess?: boolean;
  readonly lastSteps?: number;
  readonly splitDevices?: 2;
  readonly workers?: number;
  readonly model?: string;
  readonly json?: string;
  readonly html?: string;
}

/** `foresync replay`: how many waits would pushing have removed, on recorded work. */
export function registerReplay(program: Command, terminal: Terminal): void {
  program
    .command('replay')
    .argument('<trace>', 'folder of a trace (see `foresync import`)')
    .summary('replay recorded work and measure which waits pushing removes')
    .description(
      'Replays a trace through a real server, with a real client over gRPC for each device, under several policies at the same budget, and prints what each of them removed.',
    )
    .option(
      '--policies <names>',
      `all, or some of ${KNOWN_POLICIES.join(', ')}; file:NAME=DIR ranks by scores of your own`,
      policyList,
      [...REPLAY_POLICIES],
    )
    .option('--budget <ratio>', 'bytes that may be pushed for each byte that is opened', numberFrom(0), 1)
    .option(
      '--in-process',
      'store, predictor and planner without the network: the same counts, for large traces',
    )
    .option('--last-steps <count>', 'only the last steps of the trace', integerBetween(1, 1e9))
    .option('--split-devices <count>', 'deal each user’s work to 2 devices (an artificial split)', two)
    .option(
      '--workers <count>',
      'policies at the same time, each in a process (default: one a core)',
      integerBetween(1, 64),
    )
    .option('--model <folder>', 'rank by this model instead of the one that comes with Foresync')
    .option('--json <file>', 'write the figures as JSON; - is standard output, without the table')
    .option('--html <file>', 'write a page with plots that opens without network')
    .addHelpText('after', examples)
    .action((trace: string, options: ReplayCommand) => run(trace, options, terminal));
}

async function run(folder: string, options: ReplayCommand, terminal: Terminal): Promise<void> {
  if (options.inProcess !== true && options.policies.some((policy) => scoreFileOf(policy) !== null)) {
    const field = '--policies';
    throw new ForesyncError('CONFIG_INVALID', 'a policy from a file needs --in-process', { field });
  }
  const progress = new ReplayProgress(terminal, options.policies.length);
  try {
    const result = await replay({
      folder,
      policies: options.policies,
      budget: options.budget,
      mode: options.inProcess === true ? 'in-process' : 'grpc',
      lastSteps: options.lastSteps ?? null,
      splitDevices: options.splitDevices === 2,
      model: options.model ?? null,
      workers: options.workers ?? null,
      signal: terminal.signal,
      onProgress: (each) => progress.update(each),
    });
    progress.stop();
    if (options.html !== undefined) await writeReport(options.html, htmlReport(result), terminal);
    const json = reportJson(result);
    if (options.json !== undefined && options.json !== '-') await writeReport(options.json, json, terminal);
    terminal.out.write(options.json === '-' ? json : textReport(result, terminal.hasColours));
  } finally {
    progress.stop();
  }
}

async function writeReport(file: string, text: string, terminal: Terminal): Promise<void> {
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, text);
  terminal.err.write(`wrote ${file}\n`);
}

function policyList(value: string): readonly string[] {
  if (value === 'all') return [...REPLAY_POLICIES];
  const names = list(value);
  const own = names.filter((name) => scoreFileOf(name) !== null);
  const unknown = names.find((name) => !own.includes(name) && !KNOWN_POLICIES.includes(name));
  if (unknown !== undefined) throw new InvalidArgumentError(`There is no policy "${unknown}".`);
  return [...KNOWN_POLICIES.filter((policy) => names.includes(policy)), ...own];
}

function two(value: string): 2 {
  if (value === '2') return 2;
  throw new InvalidArgumentError('Only 2 is possible.');
}

const examples = `
Examples:
  foresync import git . --out my-trace && foresync replay my-trace --in-process
  foresync replay bench/traces/git-hono --html report.html
  foresync replay my-trace --policies none,blend,oracle --budget 0.25 --json -`;
