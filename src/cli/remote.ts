import { readFileSync } from 'node:fs';
import type { CallOptions, Transport } from '@foresync/client';
import { grpcTransport } from '@foresync/client';
import type { Command } from 'commander';
import { Option } from 'commander';
import { ForesyncError } from '../domain/errors.js';
import { integerBetween } from './options.js';
import type { Terminal } from './terminal.js';

/** What every command that talks to a server is told. */
export interface RemoteOptions {
  readonly endpoint: string;
  readonly token?: string;
  readonly space?: string;
  readonly ca?: string;
  readonly cert?: string;
  readonly key?: string;
  readonly timeout: number;
  readonly json?: boolean;
}

/** A server as a command talks to it. */
export interface Remote {
  readonly endpoint: string;
  readonly token: string;
  readonly tls: Tls | undefined;
  readonly timeoutMs: number;
}

/** A space of a server. */
export interface RemoteSpace extends Remote {
  readonly space: string;
}

interface Tls {
  readonly ca?: Buffer;
  readonly cert?: Buffer;
  readonly key?: Buffer;
}

export const DEFAULT_ENDPOINT = 'http://127.0.0.1:7600';

/** Adds the options that say which server, who asks, and what for. */
export function withRemote(command: Command): Command {
  return withServer(command).addOption(
    new Option('--space <name>', 'space of the item').env('FORESYNC_SPACE'),
  );
}

/** Adds the options that say which server, and who asks. */
export function withServer(command: Command): Command {
  return command
    .addOption(
      new Option('--endpoint <url>', 'http://HOST:PORT, or https:// for TLS')
        .env('FORESYNC_ENDPOINT')
        .default(DEFAULT_ENDPOINT),
    )
    .addOption(new Option('--token <token>', 'bearer token (see `foresync token`)').env('FORESYNC_TOKEN'))
    .option('--ca <file>', 'PEM of the authority that signed the server’s certificate')
    .option('--cert <file>', 'PEM of your own certificate, for a server that asks for one')
    .option('--key <file>', 'PEM of its key')
    .option('--timeout <seconds>', 'longest wait for the server', integerBetween(1, 86_400), 30)
    .option('--json', 'print one line of JSON');
}

/** Throws CONFIG_INVALID naming the option that is missing or cannot be used. */
export function remoteOf(options: RemoteOptions): RemoteSpace {
  return { ...serverOf(options), space: needed(options.space, '--space', 'FORESYNC_SPACE') };
}

/** Throws as `remoteOf`; needs no space. */
export function serverOf(options: RemoteOptions): Remote {
  return {
    endpoint: options.endpoint,
    token: needed(options.token, '--token', 'FORESYNC_TOKEN'),
    tls: tlsOf(options),
    timeoutMs: options.timeout * 1000,
  };
}

/** Calls the server once, within the timeout, until Ctrl-C. */
export async function withTransport<T>(
  remote: Remote,
  terminal: Terminal,
  use: (transport: Transport, call: CallOptions) => Promise<T>,
): Promise<T> {
  const { endpoint, tls, token, timeoutMs } = remote;
  const transport = grpcTransport({ endpoint, tls });
  try {
    return await use(transport, { token, timeoutMs, signal: terminal.signal });
  } finally {
    transport.close();
  }
}

function needed(value: string | undefined, flag: string, variable: string): string {
  if (value !== undefined && value !== '') return value;
  throw new ForesyncError('CONFIG_INVALID', `${flag} (or ${variable}) is needed`, { field: flag });
}

function tlsOf({ ca, cert, key }: RemoteOptions): Tls | undefined {
  if (ca === undefined && cert === undefined && key === undefined) return undefined;
  return {
    ...(ca === undefined ? {} : { ca: pem('--ca', ca) }),
    ...(cert === undefined ? {} : { cert: pem('--cert', cert) }),
    ...(key === undefined ? {} : { key: pem('--key', key) }),
  };
}

function pem(flag: string, file: string): Buffer {
  try {
    return readFileSync(file);
  } catch (cause) {
    throw new ForesyncError('CONFIG_INVALID', `${flag}: ${file} cannot be read`, { field: flag, cause });
  }
}
