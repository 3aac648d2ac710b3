import type { Command } from 'commander';
import { InvalidArgumentError } from 'commander';
import { importClf } from '../replay/import/clf.js';
import { importCsv } from '../replay/import/csv.js';
import { importGit } from '../replay/import/git.js';
import type { ImportResult } from '../replay/import/import-result.js';
import type { Naming } from '../replay/import/pseudonyms.js';
import { plainNames, pseudonyms } from '../replay/import/pseudonyms.js';
import { assertWritable, writeTrace } from '../replay/import/trace-writer.js';
import { asJson, asText } from './import-summary.js';
import { list } from './options.js';
import type { Terminal } from './terminal.js';

/** `foresync import git|clf|csv`: makes a trace folder of what people have, for `foresync replay`. */
export function registerImport(program: Command, terminal: Terminal): void {
  const family = program
    .command('import')
    .summary('turn a git history, an access log or a table into a trace')
    .description(
      'Turns recorded work into a trace folder, which `foresync replay` takes. Nothing leaves this machine.',
    );
  registerGit(family, terminal);
  registerClf(family, terminal);
  registerCsv(family, terminal);
}

interface Common {
  readonly out: string;
  readonly name?: string;
  readonly licence: string;
  readonly keepNames?: boolean;
  readonly force?: boolean;
  readonly json?: boolean;
}

function registerGit(family: Command, terminal: Terminal): void {
  withCommon(family.command('git').argument('<dir>', 'a repository, bare or not, or a folder in one'))
    .summary('a git history: author = user, file = item')
    .description(
      'Every file that every commit (no merges) added, edited or renamed, with its size, and the imports among the files of HEAD.',
    )
    .action(async (dir: string, options: Common) => {
      await convert(options, terminal, (told) => importGit(dir, told));
    });
}

function registerClf(family: Command, terminal: Terminal): void {
  withCommon(family.command('clf').argument('<file>', 'an access log, plain or gzipped'))
    .summary('a web server’s log: host and user agent = user, path = item')
    .description(
      'Successful GETs of pages in the Common or Combined Log Format. Query strings are dropped; lines that are no log lines are counted.',
    )
    .option('--all-paths', 'keep images, scripts and other parts of pages too')
    .option('--keep-bots', 'keep requests whose user agent says that it is a program')
    .action(async (file: string, options: Common & { allPaths?: boolean; keepBots?: boolean }) => {
      const { allPaths = false, keepBots = false } = options;
      await convert(options, terminal, (told) => importClf(file, { ...told, allPaths, keepBots }));
    });
}

interface CsvOptions extends Common {
  readonly user: string;
  readonly item: string;
  readonly time: string;
  readonly type?: string;
  readonly device?: string;
  readonly size?: string;
  readonly separator: string;
  readonly writes?: readonly string[];
  readonly creates?: readonly string[];
  readonly outside?: readonly string[];
}

function registerCsv(family: Command, terminal: Terminal): void {
  withCommon(family.command('csv').argument('<file>', 'a table with a header, plain or gzipped'))
    .summary('any table of who touched what, and when')
    .description('Times may be epoch seconds, epoch milliseconds or ISO 8601; lines may be in any order.')
    .requiredOption('--user <column>', 'column that names the user')
    .requiredOption('--item <column>', 'column that names the item')
    .requiredOption('--time <column>', 'column of the time')
    .option('--type <column>', 'column of the event’s type (without it every event is a view)')
    .option('--device <column>', 'column that names the device')
    .option('--size <column>', 'column of the item’s size in bytes')
    .option('--separator <char>', 'what separates fields', fieldSeparator, ',')
    .option('--writes <types>', 'types that change the item (comma-separated, * = all)', list)
    .option('--creates <types>', 'types that create the item (first = an item’s first event)', list)
    .option('--outside <types>', 'types that are no open: the item changed for this user', list)
    .action(async (file: string, options: CsvOptions) => {
      const { user, item, time, type = null, device = null, size = null, separator } = options;
      const { writes = [], creates = [], outside = [] } = options;
      const columns = { user, item, time, type, device, size };
      await convert(options, terminal, (told) =>
        importCsv(file, { ...told, columns, separator, writes, creates, outside }),
      );
    });
}

function withCommon(command: Command): Command {
  return command
    .requiredOption('-o, --out <dir>', 'folder to write the trace to')
    .option('--name <name>', 'name of the trace (default: after the source)')
    .option('--licence <text>', 'licence of the data, kept in meta.json', 'unknown')
    .option('--keep-names', 'keep names of users instead of pseudonyms under a key that nobody keeps')
    .option('--force', 'replace a trace that the folder already holds')
    .option('--json', 'print what was imported as JSON');
}

interface Told {
  readonly name: string | null;
  readonly licence: string;
  readonly naming: Naming;
  onProgress(events: number): void;
}

async function convert(
  options: Common,
  terminal: Terminal,
  work: (told: Told) => Promise<ImportResult>,
): Promise<void> {
  await assertWritable(options.out, options.force ?? false);
  const result = await work({
    name: options.name ?? null,
    licence: options.licence,
    naming: options.keepNames === true ? plainNames : pseudonyms(),
    onProgress: (events) => {
      if (terminal.isLive) terminal.err.write(`\r${events.toLocaleString('en')} events`);
    },
  });
  if (terminal.isLive) terminal.err.write('\r');
  await writeTrace(options.out, result.trace);
  terminal.out.write(options.json === true ? asJson(options.out, result) : asText(options.out, result));
}

function fieldSeparator(value: string): string {
  if (value.length === 1 && value !== '"') return value;
  if (value === '\\t') return '\t';
  throw new InvalidArgumentError('One character other than a quote (\\t is a tab).');
}
