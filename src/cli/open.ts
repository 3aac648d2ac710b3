import { writeFile } from 'node:fs/promises';
import type { Opened } from '@foresync/client';
import { connect } from '@foresync/client';
import type { Command } from 'commander';
import type { RemoteOptions } from './remote.js';
import { remoteOf, withRemote } from './remote.js';
import type { Terminal } from './terminal.js';

interface OpenOptions extends RemoteOptions {
  readonly buffer?: string;
  readonly out?: string;
}

/** `foresync open`: opens an item as a device does, and says whether anybody had to wait. */
export function registerOpen(program: Command, terminal: Terminal): void {
  withRemote(program.command('open'))
    .argument('<item>', 'id of the item')
    .summary('open an item as a device does')
    .description(
      'Connects as the device of the token, opens the item and reports it as viewed. Says where the content came from (buffer or network) and how long that took.',
    )
    .option('--buffer <dir>', 'keep what arrives there, for the next time (else it is forgotten)')
    .option('-o, --out <file>', 'write the content there instead of to standard output')
    .action((item: string, options: OpenOptions) => open(item, options, terminal));
}

async function open(item: string, options: OpenOptions, terminal: Terminal): Promise<void> {
  const { endpoint, token, space, tls, timeoutMs } = remoteOf(options);
  const client = await connect({
    endpoint,
    token,
    tls,
    spaces: [space],
    buffer: options.buffer === undefined ? { kind: 'memory' } : { kind: 'directory', path: options.buffer },
    connectTimeoutMs: timeoutMs,
    signal: terminal.signal,
    clientName: 'foresync open',
  });
  try {
    const patience = { timeoutMs, signal: terminal.signal };
    const opened = await client.open(space, item, patience);
    client.report({ type: 'viewed', space, item });
    await client.flush(patience);
    if (options.out !== undefined) await writeFile(options.out, opened.content);
    print(opened, options, terminal);
  } finally {
    await client.close();
  }
}

function print(opened: Opened, options: OpenOptions, terminal: Terminal): void {
  const { content, checkpoint, source, stale } = opened;
  const waitMs = Math.round(opened.waitMs * 10) / 10;
  const { space, item, version, dataHash: sha256 } = checkpoint;
  if (options.json === true) {
    const line = { space, item, version, bytes: content.length, sha256, source, wait_ms: waitMs, stale };
    terminal.out.write(`${JSON.stringify(line)}\n`);
    return;
  }
  if (options.out === undefined) terminal.out.write(content);
  terminal.err.write(
    `${item}: version ${version}, ${content.length} bytes from the ${source} in ${waitMs} ms\n`,
  );
}
