import { readFileSync } from 'node:fs';
import { Command, CommanderError } from 'commander';
import { ForesyncError } from '../domain/errors.js';
import { commands } from './commands.js';
import type { Terminal } from './terminal.js';

/** What a shell sees: all went well, the work failed, the command line was wrong. */
export const EXIT = { ok: 0, failed: 1, usage: 2 } as const;

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
    return exitCode(error, terminal);
  }
}

function exitCode(thrown: unknown, terminal: Terminal): number {
  // Commander has written its message, or the help that was asked for, already.
  if (thrown instanceof CommanderError) return thrown.exitCode === 0 ? EXIT.ok : EXIT.usage;
  const error = ForesyncError.from(thrown);
  terminal.err.write(`foresync: ${error.message}\n`);
  if (error.code === 'INTERNAL' && error.cause instanceof Error)
    terminal.err.write(`${error.cause.stack ?? ''}\n`);
  return EXIT.failed;
}

function version(): string {
  const text = readFileSync(new URL('../../package.json', import.meta.url), 'utf8');
  return (JSON.parse(text) as { version: string }).version; // our own file: npm insists on the field
}
