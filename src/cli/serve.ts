import { once } from 'node:events';
import type { Command } from 'commander';
import type { App } from '../app.js';
import { createApp } from '../app.js';
import type { Config } from '../config.js';
import { ForesyncError } from '../domain/errors.js';
import { DEV_SECRET, DEV_SERVER_KEY, ensureKey, signToken } from './dev-keys.js';
import type { ServerOptions } from './server-options.js';
import { configFrom, DEV_SPACE, withServerOptions } from './server-options.js';
import type { Terminal } from './terminal.js';

const DEV_TOKEN_MS = 30 * 24 * 3_600_000;

/** `foresync serve`: runs a server until it is told to stop. */
export function registerServe(program: Command, terminal: Terminal): void {
  withServerOptions(program.command('serve'))
    .summary('run a server')
    .description(
      'Runs a server until Ctrl-C or SIGTERM, then stops in order. Every setting can also stand in a JSON file (--config) or in a variable: push.budget is FORESYNC_PUSH_BUDGET. Flags win over variables, those over the file. SIGHUP reads the token keys and the model again, while streams stay open.',
    )
    .action((options: ServerOptions) => serve(options, terminal));
}

async function serve(options: ServerOptions, terminal: Terminal): Promise<void> {
  const config = configFrom(options);
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

/** What a person sees when the server is up; in development, everything that the next command needs. */
async function announcement(app: App, config: Config, options: ServerOptions): Promise<string> {
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
