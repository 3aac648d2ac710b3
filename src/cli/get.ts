import { createHash } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import type { Command } from 'commander';
import { ForesyncError } from '../domain/errors.js';
import type { RemoteOptions, RemoteSpace } from './remote.js';
import { remoteOf, withRemote, withTransport } from './remote.js';
import type { Terminal } from './terminal.js';

interface GetOptions extends RemoteOptions {
  readonly out?: string;
}

/** `foresync get`: reads an item of a space, past every buffer. */
export function registerGet(program: Command, terminal: Terminal): void {
  withRemote(program.command('get'))
    .argument('<item>', 'id of the item')
    .summary('read an item')
    .description('Reads an item from the server and checks its hash. Nothing counts as opened by it.')
    .option('-o, --out <file>', 'write the content there instead of to standard output')
    .action((item: string, options: GetOptions) => get(item, options, terminal));
}

async function get(item: string, options: GetOptions, terminal: Terminal): Promise<void> {
  const remote = remoteOf(options);
  const { content, sha256, version } = await read(item, remote, terminal);
  if (options.out !== undefined) await writeFile(options.out, content);
  if (options.json === true) {
    terminal.out.write(
      `${JSON.stringify({ space: remote.space, item, version, bytes: content.length, sha256 })}\n`,
    );
  } else if (options.out === undefined) {
    terminal.out.write(content);
  } else {
    terminal.err.write(`${item}: version ${version}, ${content.length} bytes → ${options.out}\n`);
  }
}

/** The content, of the size and hash that its checkpoint says. Throws HASH_MISMATCH. */
async function read(item: string, remote: RemoteSpace, terminal: Terminal) {
  return withTransport(remote, terminal, async (transport, call) => {
    const chunks: Uint8Array[] = [];
    let expected: { readonly dataHash: Uint8Array; readonly version: bigint } | undefined;
    const request = { space: remote.space, item, ifNoneMatch: new Uint8Array(0) };
    for await (const { part } of transport.get(request, call)) {
      if (part?.$case === 'checkpoint') expected = part.value;
      else if (part?.$case === 'chunk') chunks.push(part.value);
    }
    const content = Buffer.concat(chunks);
    const sha256 = createHash('sha256').update(content).digest('hex');
    if (expected === undefined || Buffer.from(expected.dataHash).toString('hex') !== sha256) {
      throw new ForesyncError('HASH_MISMATCH', 'what arrived does not have the hash of its checkpoint');
    }
    return { content, sha256, version: Number(expected.version) };
  });
}
