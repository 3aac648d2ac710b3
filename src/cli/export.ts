import type { Command } from 'commander';
import { withStoredSpaces } from '../app-export.js';
import { ForesyncError } from '../domain/errors.js';
import { spaceId } from '../domain/ids.js';
import type { ImportResult } from '../replay/import/import-result.js';
import { hiddenPaths, plainNames } from '../replay/import/pseudonyms.js';
import { importStore } from '../replay/import/store.js';
import { assertWritable, writeTrace } from '../replay/import/trace-writer.js';
import { asJson, asText } from './import-summary.js';
import { exportUser } from './privacy.js';
import type { RemoteOptions } from './remote.js';
import { serverOf, withRemote } from './remote.js';
import type { Terminal } from './terminal.js';

interface ExportCommand extends RemoteOptions {
  readonly user?: string;
  readonly store?: string;
  readonly hashItems?: boolean;
  readonly force?: boolean;
}

interface StoreExport {
  readonly store: string;
  readonly space: string;
  readonly hashItems?: boolean;
  readonly force?: boolean;
}

/** `foresync export`: what a server keeps of a user; or, with --store, its own log as a trace. */
export function registerExport(program: Command, terminal: Terminal): void {
  withRemote(program.command('export'))
    .argument('[out]', 'file to write to (default: standard output); with --store: folder of the trace')
    .summary('export what is kept of a user, or a trace of what a server saw')
    .description(
      'Asks a server for everything that it keeps of a user, as lines of JSON. With --store it turns the activity that a store remembers of a space into a trace folder instead, for `foresync replay` and `foresync train`: stop its server first, or take a copy; users are pseudonyms, items keep their names unless --hash-items is given, and nothing leaves this machine.',
    )
    .option(
      '--user <id>',
      'whom, as in their tokens (default: the token’s own user); needs a backend with `privacy`',
    )
    .option('--store <dir>', 'folder of the server’s store: make a trace')
    .option('--hash-items', 'pseudonyms for the names of items too, folder by folder')
    .option('--force', 'replace what is there')
    .action((out: string | undefined, options: ExportCommand) => exportEither(out, options, terminal));
}

async function exportEither(
  out: string | undefined,
  options: ExportCommand,
  terminal: Terminal,
): Promise<void> {
  const { store, space, force = false, hashItems = false, user = '', json } = options;
  if (store === undefined) {
    const records = await exportUser(serverOf(options), { user, out, force }, terminal);
    if (out !== undefined) terminal.err.write(`${records} records → ${out}\n`);
    return;
  }
  if (out === undefined) throw missing('out', 'a folder for the trace is needed');
  if (space === undefined) throw missing('--space', '--space is needed with --store');
  const result = await exportStore(out, { store, space, force, hashItems }, terminal);
  terminal.out.write(json === true ? asJson(out, result) : asText(out, result));
}

function missing(field: string, text: string): ForesyncError {
  return new ForesyncError('CONFIG_INVALID', text, { field });
}

/** Writes what a store remembers of a space to a trace folder. */
export async function exportStore(
  out: string,
  { store, space, hashItems = false, force = false }: StoreExport,
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
