import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PROTOCOL_LIMITS } from '@foresync/protocol/limits';
import { ForesyncError } from '../../src/domain/errors.js';
import { spaceId } from '../../src/domain/ids.js';
import type { Privacy } from '../../src/domain/privacy-port.js';
import type { Predictions } from '../../src/domain/prediction-port.js';
import type { SessionGate } from '../../src/domain/session-port.js';
import type { Store } from '../../src/domain/store-port.js';
import { readKeys } from '../../src/rpc/identity/key-ring.js';
import { deriveKeys, pseudonymOf } from '../../src/rpc/identity/server-key.js';
import { Verifier } from '../../src/rpc/identity/verifier.js';
import type { RpcOptions } from '../../src/rpc/server.js';
import { RpcServer } from '../../src/rpc/server.js';
import { openMemory } from '../../src/store/memory.js';
import { STORE_LIMITS } from '../../src/store/options.js';
import type { Metrics } from '../../src/telemetry/metrics.js';
import { createLogger } from '../../src/telemetry/logger.js';
import { createMetrics } from '../../src/telemetry/metrics.js';
import { sink } from './app-world.js';
import { TokenMaker } from './tokens.js';

/** A server's edge alone over a store in memory: sessions are what the test says, everything else is real. */
export interface RpcWorld {
  readonly port: number;
  readonly server: RpcServer;
  readonly store: Store;
  readonly tokens: TokenMaker;
  readonly metrics: Metrics;
  /** What was logged, as parsed lines. */
  readonly lines: () => Record<string, unknown>[];
  stop(): Promise<void>;
}

export const closedGate: SessionGate = {
  open: () =>
    Promise.reject(new ForesyncError('OVERLOADED', 'no sessions in this test', { retryAfterMs: 1500 })),
  find: () => undefined,
};

const noPrivacy: Privacy = {
  async *export() {
    yield* await Promise.resolve([]);
  },
  forget: () => Promise.resolve(0),
};

const noPredictions: Predictions = {
  predict: () => Promise.resolve([]),
  explain: () => Promise.reject(new ForesyncError('ITEM_UNKNOWN', 'no predictions in this test')),
};

export async function rpcWorld(options: Partial<RpcOptions> = {}, gate = closedGate): Promise<RpcWorld> {
  const folder = mkdtempSync(join(tmpdir(), 'foresync-rpc-'));
  const clock = { now: () => Date.now() };
  const tokens = new TokenMaker();
  const log: string[] = [];
  const store = openMemory(STORE_LIMITS, { clock, randomBytes });
  const metrics = createMetrics();
  const { pseudonym: pseudonymKey } = deriveKeys(randomBytes(32));
  const keys = readKeys({ keyFiles: [], secretFile: tokens.writeSecret(folder) });
  const { itemBytes, chunkBytes } = { ...PROTOCOL_LIMITS, itemBytes: 16 * 1024 * 1024 };
  const content = { store, clock, limits: { itemBytes, chunkBytes }, autoCreate: null };
  const deps = {
    gate,
    predictions: noPredictions,
    privacy: noPrivacy,
    content,
    verifier: new Verifier(keys, { audience: 'foresync', issuer: null, leewayMs: 0, pseudonymKey }, clock),
    logger: createLogger('info', sink(log)),
    metrics,
    pseudonymOf: (user: Parameters<typeof pseudonymOf>[1]) => pseudonymOf(pseudonymKey, user),
  };
  const server = new RpcServer({ ...DEFAULTS, ...options }, deps);
  await store.spaces.ensure(spaceId('notes'), 2);
  const port = await server.start();
  return {
    port,
    server,
    store,
    tokens,
    metrics,
    // One line a write: pino does not split them.
    lines: () => log.map((line) => JSON.parse(line) as Record<string, unknown>),
    stop: async () => {
      server.notServing();
      server.endStreams(new ForesyncError('SHUTTING_DOWN', 'the test is over'));
      await server.close(500);
      await store.close();
      rmSync(folder, { recursive: true });
    },
  };
}

const DEFAULTS: RpcOptions = {
  host: '127.0.0.1',
  port: 0,
  tls: null,
  keepaliveMs: 60_000,
  keepaliveTimeoutMs: 20_000,
  maxStreamsPerConnection: 1000,
  frameBytes: PROTOCOL_LIMITS.frameBytes,
  activityBatchBytes: PROTOCOL_LIMITS.activityBatchBytes,
  stallMs: 20_000,
  unaryMs: 10_000,
  helloMs: 10_000,
  progressMs: 20_000,
};
