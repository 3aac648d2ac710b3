import type { Command } from 'commander';
import { Option } from 'commander';
import type { CopyReport } from '../app-copy.js';
import { copyStore } from '../app-copy.js';
import { loadConfig } from '../config.js';
import { CopyBar } from './copy-bar.js';
import { integerBetween } from './options.js';
import type { Terminal } from './terminal.js';

interface CopyCommand {
  readonly config?: string;
  readonly partitions?: number;
  readonly json?: boolean;
}

/** `foresync store copy`: takes a store to another engine, servers stopped. */
export function registerStore(program: Command, terminal: Terminal): void {
  const family = program
    .command('store')
    .summary('copy a store to another engine')
    .description('Works on stores whose servers are stopped.');
  family
    .command('copy')
    .argument('<from>', 'lmdb:DIR, redis://…, redis+sentinel://… or redis+cluster://…; it is only read')
    .argument('<to>', 'the same, and empty, or an unfinished copy of <from>')
    .summary('copy everything, so that devices resume as if nothing had happened')
    .description(
      'Copies a store, then reads both and compares: every section by digest, every content by its SHA-256. Stop the servers of both first. Cut off, the same command goes on where it was; a server refuses the copy until it is whole.',
    )
    .addOption(
      new Option('--config <file>', 'JSON file with settings (its section store)').env('FORESYNC_CONFIG'),
    )
    .option('--partitions <count>', 'of a new store in Redis (1024)', integerBetween(1, 16_384))
    .option('--json', 'print the result as JSON')
    .action((from: string, to: string, options: CopyCommand) => copy(from, to, options, terminal));
}

async function copy(from: string, to: string, options: CopyCommand, terminal: Terminal): Promise<void> {
  const { partitions, json } = options;
  const config = loadConfig({
    file: options.config,
    environment: process.env,
    flags: { store: { partitions } },
  });
  const started = performance.now();
  const bar = new CopyBar(terminal);
  try {
    const report = await copyStore(from, to, config, {
      now: () => Date.now(),
      signal: terminal.signal,
      onProgress: (progress) => bar.update(progress),
    });
    bar.stop();
    const seconds = (performance.now() - started) / 1000;
    terminal.out.write(json === true ? asJson(report, seconds) : asText(report, seconds));
  } finally {
    bar.stop();
  }
}

function asJson({ resumed, contentBytes, sections }: CopyReport, seconds: number): string {
  const result = { verified: true, resumed, contentBytes, seconds, sections: Object.fromEntries(sections) };
  return `${JSON.stringify(result)}\n`;
}

function asText({ resumed, contentBytes, sections }: CopyReport, seconds: number): string {
  const lines = [...sections].map(
    ([section, { records, digest }]) =>
      `${section.padEnd(14)} ${`${records}`.padStart(12)}  ${digest.slice(0, 16)}`,
  );
  const how = resumed ? 'copied (gone on with)' : 'copied';
  const end = `${how} and verified: ${contentBytes} bytes of content, ${seconds.toFixed(1)} s`;
  return `${[...lines, end].join('\n')}\n`;
}
