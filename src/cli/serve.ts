import { once } from 'node:events';
import type { Command } from 'commander';
import { Option } from 'commander';
import type { App } from '../app.js';
import { createApp } from '../app.js';
import type { Config, PartialConfig } from '../config.js';
import { loadConfig } from '../config.js';
import { ForesyncError } from '../domain/errors.js';
import { DEV_FOLDER, DEV_SECRET, DEV_SERVER_KEY, ensureKey, signToken } from './dev-keys.js';
import { numberFrom } from './options.js';
import type { Terminal } from './terminal.js';

const DEV_SPACE = 'notes';
const DEV_TOKEN_MS = 30 * 24 * 3_600_000;

interface ServeOptions {
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

/** `foresync serve`: runs a server until it is told to stop. */
export function registerServe(program: Command, terminal: Terminal): void {
  program
    .command('serve')
    .summary('run a server')
    .description(
      'Runs a server until Ctrl-C or SIGTERM, then stops in order. Every setting can also stand in a JSON file (--config) or in a variable: push.budget is FORESYNC_PUSH_BUDGET. Flags win over variables, those over the file. SIGHUP reads the token keys and the model again, while streams stay open.',
    )
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
    .option('--log-level <level>', 'trace, debug, info, warn, error, fatal or silent')
    .action((options: ServeOptions) => serve(options, terminal));
}

async function serve(options: ServeOptions, terminal: Terminal): Promise<void> {
  const config = loadConfig({
    base: options.dev === true ? DEV_DEFAULTS : {},
    file: options.config,
    environment: process.env,
    flags: flagsOf(options),
  });
  if (options.dev === true) for (const file of [DEV_SECRET, DEV_SERVER_KEY]) ensureKey(file);
  const app = await createApp(config);
  const reload = (): void => void reloadAll(app, terminal);
  process.on('SIGHUP', reload);
  try {
    await app.start();
    terminal.out.write(await announcement(app, config, options));
    if (!terminal.signal.aborted) await once(terminal.signal, 'abort');
  } finally {
    process.off('SIGHUP', reload);
    await app.stop();
  }
}

function withoutPassword(url: string): string {
  return url.replace(/:[^:@/]*@/, ':…@');
}

/** What `--dev` changes of the defaults: everything else still wins over it. */
const DEV_DEFAULTS: PartialConfig = {
  auth: { secretFile: DEV_SECRET, serverKeyFile: DEV_SERVER_KEY },
  store: { url: `lmdb:${DEV_FOLDER}/store` },
  spaces: { list: [{ name: DEV_SPACE }], autoCreate: true },
  log: { level: 'warn' },
};

function flagsOf(options: ServeOptions): PartialConfig {
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

/** What a person sees when the server is up; in development, everything that the next command needs. */
async function announcement(app: App, config: Config, options: ServeOptions): Promise<string> {
  const secure = config.tls.certFile !== null;
  const endpoint = `${secure ? 'https' : 'http'}://${app.address}`;
  const lines = [
    `foresync serves ${endpoint} (store ${withoutPassword(config.store.url)}, policy ${config.push.policy})`,
  ];
  if (app.metricsPort !== null) lines.push(`metrics on port ${app.metricsPort}`);
  if (options.dev !== true) return `${lines.join('\n')}\n`;
  const token = await signToken(config.auth.secretFile ?? DEV_SECRET, {
    user: 'dev',
    device: 'cli',
    spaces: { [DEV_SPACE]: 'write' },
    audience: config.auth.audience,
    expiresMs: Date.now() + DEV_TOKEN_MS,
  });
  const exports = { ENDPOINT: endpoint, SPACE: DEV_SPACE, TOKEN: token };
  return [
    ...lines,
    '',
    'For another terminal (the token is for user dev, and holds 30 days; more with `foresync token`):',
    '',
    ...Object.entries(exports).map(([name, value]) => `export FORESYNC_${name}=${value}`),
    'foresync put hello.txt README.md && foresync open hello.txt',
    '',
  ].join('\n');
}

/** Never rejects: what cannot be read stays as it was, and that is said. */
async function reloadAll(app: App, terminal: Terminal): Promise<void> {
  const complain = (what: string, error: unknown): void => {
    terminal.err.write(`foresync: ${what}: ${ForesyncError.from(error).message}\n`);
  };
  try {
    app.reloadKeys();
  } catch (error) {
    complain('the old token keys stay', error);
  }
  await app.reloadModel().catch((error: unknown) => complain('the old model stays', error));
}

function collected(value: string, before: readonly string[]): readonly string[] {
  return [...before, value];
}
