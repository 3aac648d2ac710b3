import type { Command } from 'commander';
import { withStoredSpaces } from '../app-export.js';
import { spaceId } from '../domain/ids.js';
import type { ImportResult } from '../replay/import/import-result.js';
import { hiddenPaths, plainNames } from '../replay/import/pseudonyms.js';
import { importStore } from '../replay/import/store.js';
import { assertWritable, writeTrace } from '../replay/import/trace-writer.js';
import { asJson, asText } from './import-summary.js';
import type { Terminal } from './terminal.js';

interface ExportCommand {
  readonly store: string;
  readonly space: string;
  readonly hashItems?: boolean;
  readonly force?: boolean;
  readonly json?: boolean;
}

/** `foresync export`: a server's own log as a trace. */
export function registerExport(program: Command, terminal: Terminal): void {
  program
    .command('export')
    .argument('<out>', 'folder to write the trace to')
    .summary('make a trace of what a server saw')
    .description(
      'Turns the activity that a store remembers of a space into a trace folder, for `foresync replay` and `foresync train`. Stop its server first, or take a copy. Users are pseudonyms; items keep their names unless --hash-items is given. Nothing leaves this machine.',
    )
    .requiredOption('--store <dir>', 'folder of the server’s store')
    .requiredOption('--space <name>', 'space to export')
    .option('--hash-items', 'pseudonyms for the names of items too, folder by folder')
    .option('--force', 'replace a trace that the folder already holds')
    .option('--json', 'print what was exported as JSON')
    .action(async (out: string, options: ExportCommand) => {
      const result = await exportStore(out, options, terminal);
      terminal.out.write(options.json === true ? asJson(out, result) : asText(out, result));
    });
}

/** Writes what a store remembers of a space to a trace folder. */
export async function exportStore(
  out: string,
  { store, space, hashItems = false, force = false }: ExportCommand,
  terminal: Terminal,
): Promise<ImportResult> {
  await assertWritable(out, force);
  const result = await withStoredSpaces(store.replace(/^lmdb:/, ''), (opened) =>
    importStore(opened, spaceId(space), {
      naming: hashItems ? hiddenPaths() : plainNames,
      onProgress: (events) => {
        if (terminal.isLive) terminal.err.write(`\r${events.toLocaleString('en')} events`);
      },
    }),
  );
  if (terminal.isLive) terminal.err.write('\r');
  await writeTrace(out, result.trace);
  return result;
}
