import { createSecretKey, randomBytes } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { SignJWT } from 'jose';
import type { App, PolicyFactory } from './app.js';
import { createApp } from './app.js';
import { configOf } from './config.js';
import type { Clock } from './domain/clock.js';
import type { PlanObserver } from './domain/engine-port.js';
import { ForesyncError } from './domain/errors.js';
import type { DeviceId, Pseudonym, SpaceId, UserId } from './domain/ids.js';
import { deriveKeys, pseudonymOf } from './rpc/identity/server-key.js';
import { createLogger } from './telemetry/logger.js';

export interface ReplayServerOptions {
  readonly space: SpaceId;
  /** Name of a plain policy, or one of the replay's own. */
  readonly policy: string | PolicyFactory;
  /** Folder of the model; null = the one that comes with Foresync. */
  readonly model: string | null;
  readonly push: ReplayPush;
  /** Most candidates of a plan. */
  readonly candidates: number;
  readonly clock: Clock;
  /** As the setting store.url: an empty store; left out = in memory. */
  readonly store?: string;
  /** Server nodes over the store, which has to be one that they can share; left out = 1. */
  readonly nodes?: number;
  /** Sees plans with the server's pseudonyms of users. */
  readonly observer: PlanObserver;
}

/** How contents are pushed: above a fixed score, or by price where there is none; metadata never. */
export interface ReplayPush {
  /** Bytes that may be pushed for each byte that is opened. */
  readonly ratio: number;
  /** Bytes that may be pushed before anything was opened. */
  readonly startBytes: number;
  readonly threshold: number | null;
}

/** A real server for one replay: nodes on free ports of this machine, over a store of its own, at the trace's time. */
export interface ReplayServer {
  /** `http://127.0.0.1:PORT` of each node. */
  readonly endpoints: readonly string[];
  /** Of the first node. */
  readonly port: number;
  /** A token that may write the space, for as long as a trace can last. Without a device it is a backend's. */
  token(user: UserId, device: DeviceId | null): Promise<string>;
  pseudonymOf(user: UserId): Pseudonym;
  /** See Node.quiesce. Throws INTERNAL if anything went wrong in the server since the start. */
  quiesce(signal: AbortSignal): Promise<void>;
  stop(): Promise<void>;
}

/** Composes and starts a server. Throws CONFIG_INVALID if there is no such policy. */
export async function startReplayServer(options: ReplayServerOptions): Promise<ReplayServer> {
  const [tokenKey, serverKey] = [randomBytes(32), randomBytes(32)];
  const troubles: string[] = [];
  const folder = await mkdtemp(join(tmpdir(), 'foresync-replay-'));
  try {
    const files = await writeKeys(folder, { tokenKey, serverKey });
    const apps = await startApps(options, files, troubles);
    const pseudonymKey = deriveKeys(serverKey).pseudonym;
    return {
      endpoints: apps.map((app) => `http://${app.address}`),
      port: apps[0]?.port ?? 0,
      token: (user, device) => signToken(tokenKey, options.space, user, device),
      pseudonymOf: (user) => pseudonymOf(pseudonymKey, user),
      quiesce: async (signal) => {
        // What a later one tells, those before it learn at a second turn.
        for (const app of [...apps, ...apps.slice(0, -1)]) await app.quiesce(signal);
        if (troubles.length > 0)
          throw new ForesyncError('INTERNAL', `the server complained: ${troubles[0] ?? ''}`);
      },
      stop: () => stopAll(apps),
    };
  } finally {
    // The server has read them.
    await rm(folder, { recursive: true, force: true });
  }
}

interface KeyFiles {
  readonly secretFile: string;
  readonly serverKeyFile: string;
}

async function writeKeys(
  folder: string,
  keys: { readonly tokenKey: Buffer; readonly serverKey: Buffer },
): Promise<KeyFiles> {
  const files = { secretFile: join(folder, 'token.secret'), serverKeyFile: join(folder, 'server.key') };
  await writeFile(files.secretFile, keys.tokenKey.toString('base64url'), { mode: 0o600 });
  await writeFile(files.serverKeyFile, keys.serverKey.toString('base64url'), { mode: 0o600 });
  return files;
}

/** All or none. */
async function startApps(
  options: ReplayServerOptions,
  files: KeyFiles,
  troubles: string[],
): Promise<readonly App[]> {
  const apps: App[] = [];
  try {
    while (apps.length < (options.nodes ?? 1)) apps.push(await startApp(options, files, troubles));
    return apps;
  } catch (error) {
    await stopAll(apps);
    throw error;
  }
}

async function stopAll(apps: readonly App[]): Promise<void> {
  await Promise.all(apps.map((app) => app.stop()));
}

async function startApp(options: ReplayServerOptions, files: KeyFiles, troubles: string[]): Promise<App> {
  const { space, policy, model, push, candidates, clock, observer, store } = options;
  const config = configOf({
    server: { listen: '127.0.0.1:0', graceMs: 1000 },
    auth: files,
    ...(store === undefined ? {} : { store: { url: store } }),
    // One shard: the changes of a replay have one order.
    spaces: { list: [{ name: space, shards: 1 }] },
    push: {
      ...(typeof policy === 'string' ? { policy } : {}),
      ...{
        model,
        ...(push.threshold === null
          ? { mode: 'price' as const }
          : { mode: 'threshold' as const, threshold: push.threshold }),
        candidates,
        budget: push.ratio,
        startBytes: push.startBytes,
        metadataThreshold: null,
      },
    },
    session: { deltas: false },
  });
  const factory = typeof policy === 'string' ? {} : { policy };
  const logger = createLogger('warn', sink(troubles));
  const onModelFailed = (error: ForesyncError): void => void troubles.push(error.message);
  const app = await createApp(config, { clock, observer, logger, onModelFailed, ...factory });
  await app.start();
  return app;
}

/** Keeps the first lines that are logged. */
function sink(lines: string[]): Writable {
  return new Writable({
    write(chunk: Buffer, _encoding, done) {
      if (lines.length < 16) lines.push(chunk.toString().trim());
      done();
    },
  });
}

const FOR_EVER_S = Date.UTC(9999, 0) / 1000;

function signToken(key: Buffer, space: SpaceId, user: UserId, device: DeviceId | null): Promise<string> {
  const claims = { spaces: { [space]: 'write' }, ...(device === null ? {} : { device }) };
  return new SignJWT(claims)
    .setProtectedHeader({ alg: 'HS256' })
    .setSubject(user)
    .setAudience('foresync')
    .setExpirationTime(FOR_EVER_S)
    .sign(createSecretKey(key));
}
