import { randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { PartialConfig } from '../../../src/config.js';
import { EnvoyProcess } from '../envoy/envoy-process.js';
import { freePorts } from '../ports.js';
import { startCluster } from '../redis/cluster.js';
import type { Deployment } from '../redis/deployment.js';
import { scratchFolder } from '../scratch.js';
import { ServerProcess } from '../server-process.js';
import { TokenMaker } from '../tokens.js';

const NODES = 2;

/** Ports that are taken where they are free: those of deploy/, and Redis' own. */
export interface WishedPorts {
  readonly redis: readonly number[];
  readonly nodes: readonly number[];
  /** Plain, TLS, admin. */
  readonly envoy: readonly number[];
}

/** What deploy/compose.yaml describes, as processes of this machine on loopback ports. */
export interface Topology {
  readonly redis: Deployment;
  readonly nodes: readonly ServerProcess[];
  readonly envoy: EnvoyProcess;
  readonly tokens: TokenMaker;
  /** What signs tokens. */
  readonly secretFile: string;
  /** What all nodes share. */
  readonly serverKeyFile: string;
  /** Ends all processes and removes what they wrote. */
  stop(): Promise<void>;
}

/**
 * Three Redis primaries with a replica each, two server nodes over them, Envoy before those. Resolves when all are healthy;
 * after a failure, or after the signal, nothing is left.
 */
export async function startTopology(
  change: PartialConfig = {},
  wished: Partial<WishedPorts> = {},
  signal?: AbortSignal,
): Promise<Topology> {
  const undo: (() => Promise<unknown>)[] = [];
  const stop = async (): Promise<void> => {
    for (let step = undo.pop(); step !== undefined; step = undo.pop()) await step();
  };
  try {
    const folder = await scratchFolder();
    undo.push(() => folder.remove());
    const tokens = new TokenMaker();
    const secretFile = tokens.writeSecret(folder.path);
    const serverKeyFile = join(folder.path, 'server.key');
    writeFileSync(serverKeyFile, randomBytes(32).toString('base64url'), { mode: 0o600 });
    const redis = await startCluster(wished.redis);
    undo.push(() => redis.stop());
    signal?.throwIfAborted();
    const config: PartialConfig = {
      log: { level: 'warn' },
      spaces: { list: [{ name: 'notes' }] },
      ...change,
      store: { ...change.store, url: redis.url },
      auth: { ...change.auth, secretFile, serverKeyFile },
    };
    const ports = await freePorts(NODES, wished.nodes);
    const starting = ports.map((port) => ServerProcess.start(config, port));
    undo.push(async () => {
      for (const one of await Promise.allSettled(starting))
        if (one.status === 'fulfilled') await one.value.kill();
    });
    const nodes = await Promise.all(starting);
    signal?.throwIfAborted();
    const envoy = await EnvoyProcess.start({
      nodes: ports,
      ports: wished.envoy ?? [],
      change: (text) => text.replaceAll('0.0.0.0', '127.0.0.1'),
    });
    undo.push(() => envoy.stop());
    return { redis, nodes, envoy, tokens, secretFile, serverKeyFile, stop };
  } catch (thrown) {
    await stop();
    throw thrown;
  }
}
