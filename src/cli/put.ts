import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { buffer } from 'node:stream/consumers';
import { PROTOCOL_LIMITS } from '@foresync/protocol/limits';
import type { Command } from 'commander';
import { InvalidArgumentError } from 'commander';
import { ForesyncError } from '../domain/errors.js';
import type { RemoteOptions } from './remote.js';
import { remoteOf, withRemote, withTransport } from './remote.js';
import type { Terminal } from './terminal.js';

interface PutOptions extends RemoteOptions {
  readonly ifMatch?: string;
  readonly create?: boolean;
  readonly part: readonly string[];
  readonly link: readonly string[];
  readonly audience: readonly string[];
}

/** `foresync put`: writes an item of a space. */
export function registerPut(program: Command, terminal: Terminal): void {
  withRemote(program.command('put'))
    .argument('<item>', 'id of the item, for example docs/plan.md')
    .argument('<file>', 'its content; - is standard input')
    .summary('write an item')
    .description('Writes an item. Devices that will need it, or hold it, hear of it at once.')
    .option('--if-match <sha256>', 'only over this content, else CONFLICT', hash)
    .option('--create', 'only if the item does not exist, else CONFLICT')
    .option('--part <item>', 'an item that is embedded in this one (repeatable)', collected, [])
    .option('--link <item>', 'an item that this one refers to (repeatable)', collected, [])
    .option(
      '--audience <user>',
      'whom the change is for (repeatable; tokens without a device)',
      collected,
      [],
    )
    .action((item: string, file: string, options: PutOptions) => put(item, file, options, terminal));
}

async function put(item: string, file: string, options: PutOptions, terminal: Terminal): Promise<void> {
  const remote = remoteOf(options);
  const content = file === '-' ? await buffer(process.stdin) : await contentOf(file);
  const dataHash = createHash('sha256').update(content).digest();
  const header = {
    space: remote.space,
    item,
    ifMatch: Buffer.from(options.ifMatch ?? '', 'hex'),
    createOnly: options.create ?? false,
    dataHash,
    sizeBytes: BigInt(content.length),
    edges: [...options.part.map(part), ...options.link.map(link)],
    modifiedMs: 0n,
    audience: [...options.audience],
  };
  const written = await withTransport(remote, terminal, (transport, call) =>
    transport.put(header, chunksOf(content), call),
  );
  const version = Number(written.checkpoint?.version ?? 0n);
  const sha256 = dataHash.toString('hex');
  terminal.out.write(
    options.json === true
      ? `${JSON.stringify({ space: remote.space, item, version, bytes: content.length, sha256 })}\n`
      : `${item}: version ${version}, ${content.length} bytes, sha256 ${sha256}\n`,
  );
}

// EDGE_KIND_PART and EDGE_KIND_LINK of the contract.
const part = (item: string) => ({ item, kind: 1 as const });
const link = (item: string) => ({ item, kind: 2 as const });

function* chunksOf(content: Uint8Array): Generator<Uint8Array> {
  const { chunkBytes } = PROTOCOL_LIMITS;
  for (let at = 0; at < content.length; at += chunkBytes) yield content.subarray(at, at + chunkBytes);
}

async function contentOf(file: string): Promise<Buffer> {
  try {
    return await readFile(file);
  } catch (cause) {
    throw new ForesyncError('CONFIG_INVALID', `${file} cannot be read`, { cause });
  }
}

function collected(value: string, before: readonly string[]): readonly string[] {
  return [...before, value];
}

function hash(value: string): string {
  if (/^[0-9a-f]{64}$/i.test(value)) return value.toLowerCase();
  throw new InvalidArgumentError('64 hexadecimal digits.');
}
