import type { Command } from 'commander';
import { examine } from '../app-doctor.js';
import { ForesyncError } from '../domain/errors.js';
import type { Finding, Outcome } from '../domain/finding.js';
import type { ServerOptions } from './server-options.js';
import { configFrom, withServerOptions } from './server-options.js';
import type { Terminal } from './terminal.js';

interface DoctorOptions extends ServerOptions {
  readonly json?: boolean;
}

/** `foresync doctor`: says in words whether a server of this configuration can do its work. */
export function registerDoctor(program: Command, terminal: Terminal): void {
  withServerOptions(program.command('doctor'))
    .summary('check a deployment')
    .description(
      'Takes the options, variables and file of `foresync serve`, and looks at the keys, TLS, listeners, model and store of that configuration, one line a check. Changes nothing, and may be run while servers run. Ends with 1 if a check fails; warnings do not count.',
    )
    .option('--json', 'print one line of JSON a check')
    .action((options: DoctorOptions) => doctor(options, terminal));
}

async function doctor(options: DoctorOptions, terminal: Terminal): Promise<void> {
  const counts: Record<Outcome, number> = { ok: 0, warning: 0, failure: 0 };
  for await (const finding of examine(configFrom(options), { now: () => Date.now() })) {
    counts[finding.outcome]++;
    terminal.out.write(
      options.json === true ? `${JSON.stringify(finding)}\n` : asText(finding, terminal.hasColours),
    );
  }
  const { ok, warning, failure } = counts;
  if (failure > 0) {
    const text = `${failure} of ${ok + warning + failure} checks failed`;
    throw new ForesyncError('CONFIG_INVALID', text);
  }
}

function asText({ check, outcome, found, advice }: Finding, hasColours: boolean): string {
  const [mark, colour] = MARKS[outcome];
  const shown = hasColours ? `\u001b[${colour}m${mark.padEnd(8)}\u001b[0m` : mark.padEnd(8);
  const line = `${shown} ${check.padEnd(12)} ${found}\n`;
  return advice === null ? line : `${line}${' '.repeat(22)}→ ${advice}\n`;
}

const MARKS: Readonly<Record<Outcome, readonly [mark: string, colour: number]>> = {
  ok: ['ok', 32],
  warning: ['warning', 33],
  failure: ['FAILURE', 31],
};
