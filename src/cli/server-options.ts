import type { Command } from 'commander';
import { Option } from 'commander';
import type { Config, PartialConfig } from '../config.js';
import { loadConfig } from '../config.js';
import { DEV_FOLDER, DEV_SECRET, DEV_SERVER_KEY } from './dev-keys.js';
import { numberFrom } from './options.js';

/** The space that `--dev` makes. */
export const DEV_SPACE = 'notes';

/** What every command that is about one server's configuration is told. */
export interface ServerOptions {
  readonly config?: string;
  readonly dev?: boolean;
  readonly listen?: string;
  readonly metrics?: string;
  readonly store?: string;
  readonly space: readonly string[];
  readonly tlsCert?: string;
  readonly tlsKey?: string;
  readonly tlsClientCa?: string;
  readonly tokenKey: readonly string[];
  readonly serverKey?: string;
  readonly policy?: string;
  readonly budget?: number;
  readonly pushThreshold?: number;
  readonly metadataThreshold?: number;
  readonly logLevel?: string;
}

/** Adds the options that say how a server is configured. */
export function withServerOptions(command: Command): Command {
  return command
    .addOption(new Option('--config <file>', 'JSON file with settings').env('FORESYNC_CONFIG'))
    .option(
      '--dev',
      `for trying out: keys and store in ${DEV_FOLDER}/, spaces made as they are written, a token printed`,
    )
    .option('--listen <host:port>', 'where to listen (127.0.0.1:7600; port 0 takes a free one)')
    .option('--metrics <host:port>', 'where operators read /metrics')
    .option(
      '--store <url>',
      'memory:, lmdb:DIR, redis://HOST:PORT, redis+sentinel://HOST:PORT,…/NAME or redis+cluster://HOST:PORT,…',
    )
    .option('--space <name>', 'a space to make (repeatable)', collected, [])
    .option('--tls-cert <file>', 'PEM of the listener’s certificate')
    .option('--tls-key <file>', 'PEM of its key')
    .option('--tls-client-ca <file>', 'clients must show a certificate of this authority')
    .option('--token-key <file>', 'public key of tokens: PEM, JWK or JWKS (repeatable)', collected, [])
    .option('--server-key <file>', 'key that all nodes share: base64url of at least 32 bytes')
    .option('--policy <name>', 'who ranks what a user may need')
    .option('--budget <ratio>', 'bytes that may be pushed for each byte that is opened', numberFrom(0))
    .option('--push-threshold <score>', 'push whatever scores above this, instead of by price', numberFrom(0))
    .option(
      '--metadata-threshold <score>',
      'push metadata above this where content is not worth it',
      numberFrom(0),
    )
    .option('--log-level <level>', 'trace, debug, info, warn, error, fatal or silent');
}

/** The configuration that flags, variables, the file and `--dev` make. Throws CONFIG_INVALID. */
export function configFrom(options: ServerOptions): Config {
  return loadConfig({
    base: options.dev === true ? DEV_DEFAULTS : {},
    file: options.config,
    environment: process.env,
    flags: flagsOf(options),
  });
}

/** What `--dev` changes of the defaults: everything else still wins over it. */
const DEV_DEFAULTS: PartialConfig = {
  auth: { secretFile: DEV_SECRET, serverKeyFile: DEV_SERVER_KEY },
  store: { url: `lmdb:${DEV_FOLDER}/store` },
  spaces: { list: [{ name: DEV_SPACE }], autoCreate: true },
  log: { level: 'warn' },
};

function flagsOf(options: ServerOptions): PartialConfig {
  const { space, tokenKey, pushThreshold } = options;
  return {
    server: { listen: options.listen, metricsListen: options.metrics },
    store: { url: options.store },
    spaces: { list: space.length === 0 ? undefined : space.map((name) => ({ name })) },
    tls: { certFile: options.tlsCert, keyFile: options.tlsKey, clientCaFile: options.tlsClientCa },
    auth: {
      keyFiles: tokenKey.length === 0 ? undefined : [...tokenKey],
      serverKeyFile: options.serverKey,
    },
    push: {
      policy: options.policy,
      budget: options.budget,
      threshold: pushThreshold,
      mode: pushThreshold === undefined ? undefined : 'threshold',
      metadataThreshold: options.metadataThreshold,
    },
    // The configuration says which levels there are.
    log: { level: options.logLevel as Config['log']['level'] | undefined },
  };
}

function collected(value: string, before: readonly string[]): readonly string[] {
  return [...before, value];
}
