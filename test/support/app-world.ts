import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import type { App, AppOverrides } from '../../src/app.js';
import { createApp } from '../../src/app.js';
import type { PartialConfig } from '../../src/config.js';
import { configOf } from '../../src/config.js';
import { createLogger } from '../../src/telemetry/logger.js';
import { TokenMaker } from './tokens.js';

/** A whole server in this process, listening on a free port, over a store in memory with a space `notes`. */
export interface AppWorld {
  readonly app: App;
  readonly port: number;
  readonly tokens: TokenMaker;
  /** What was logged, as parsed lines. */
  lines(): Record<string, unknown>[];
  stop(): Promise<void>;
}

export async function appWorld(
  change: PartialConfig = {},
  overrides: AppOverrides = {},
  tokens = new TokenMaker(),
): Promise<AppWorld> {
  const folder = mkdtempSync(join(tmpdir(), 'foresync-app-'));
  const log: string[] = [];
  const config = configOf({
    ...change,
    server: { listen: '127.0.0.1:0', graceMs: 500, ...change.server },
    auth: { secretFile: tokens.writeSecret(folder), leewayMs: 0, ...change.auth },
    spaces: { list: [{ name: 'notes', shards: 2 }], ...change.spaces },
  });
  const app = await createApp(config, { logger: createLogger('info', sink(log)), ...overrides });
  const stop = async (): Promise<void> => {
    await app.stop();
    rmSync(folder, { recursive: true });
  };
  try {
    await app.start();
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    app,
    port: app.port,
    tokens,
    lines: () => log.map((line) => JSON.parse(line) as Record<string, unknown>),
    stop,
  };
}

/** Collects what is written to it, a piece a line: pino writes each line at once. */
export function sink(lines: string[]): Writable {
  return new Writable({
    write(chunk: Buffer, _encoding, done) {
      lines.push(chunk.toString());
      done();
    },
  });
}
