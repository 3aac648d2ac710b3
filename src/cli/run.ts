import { readFileSync } from 'node:fs';
import { ForesyncClientError } from '@foresync/client';
import { Command, CommanderError } from 'commander';
import { ForesyncError } from '../domain/errors.js';
import { commands } from './commands.js';
import { EXIT, exitCodeOf } from './exit-code.js';
import type { Terminal } from './terminal.js';

/**
 * Runs `foresync` with these arguments and answers its exit code; never throws and never ends the process. What went
 * wrong is one line on `err`: `foresync: [CODE] …`.
 */
export async function run(args: readonly string[], terminal: Terminal): Promise<number> {
  const program = new Command('foresync')
    .description(
      'Predictive checkpoint synchronisation: what a user needs next is there before it is asked for.',
    )
    .version(version(), '-V, --version', 'print the version')
    .helpOption('-h, --help', 'print this help')
    .exitOverride()
    .configureOutput({
      writeOut: (text) => void terminal.out.write(text),
      writeErr: (text) => void terminal.err.write(text),
    })
    .showHelpAfterError('(add --help for what is possible)');
  for (const register of commands) register(program, terminal);
  try {
    await program.parseAsync([...args], { from: 'user' });
    return EXIT.ok;
  } catch (error) {
    complain(error, terminal);
    return exitCodeOf(error);
  }
}

/** One line about what went wrong, and the stack of a defect. Commander has written its message, or the help, already. */
function complain(thrown: unknown, terminal: Terminal): void {
  if (thrown instanceof CommanderError) return;
  if (thrown instanceof ForesyncClientError) {
    terminal.err.write(`foresync: ${thrown.message}\n`);
    return;
  }
  const error = ForesyncError.from(thrown);
  terminal.err.write(`foresync: ${error.message}\n`);
  if (error.code === 'INTERNAL' && error.cause instanceof Error)
    terminal.err.write(`${error.cause.stack ?? ''}\n`);
}

function version(): string {
  const text = readFileSync(new URL('../../package.json', import.meta.url), 'utf8');
  return (JSON.parse(text) as { version: string }).version; // our own file: npm insists on the field
}
