import type { Config } from '../config.js';
import { hostAndPort } from '../config.js';
import { ForesyncError } from '../domain/errors.js';
import { spaceId } from '../domain/ids.js';
import type { Store } from '../domain/store-port.js';
import { readKeys } from '../rpc/identity/key-ring.js';
import type { Verifier } from '../rpc/identity/verifier.js';
import type { RpcServer } from '../rpc/server.js';
import type { Gate } from '../session/gate.js';
import type { Logger } from '../telemetry/logger.js';
import type { Metrics } from '../telemetry/metrics.js';
import type { MetricsServer } from '../telemetry/metrics-server.js';
import { serveMetrics } from '../telemetry/metrics-server.js';

/** The parts of a node that have a life cycle. */
export interface NodeParts {
  readonly store: Store;
  /** Closes the store if the node opened it. */
  readonly closeStore: () => Promise<void>;
  /** Swaps to the model that is in its folder now; does nothing where there is none. Throws MODEL_INVALID. */
  readonly reloadModel: () => Promise<void>;
  readonly gate: Gate;
  readonly server: RpcServer;
  readonly verifier: Verifier;
  readonly logger: Logger;
  readonly metrics: Metrics;
}

/** A server node, from start to stop. */
export class Node {
  readonly #config: Config;
  readonly #parts: NodeParts;
  #port = 0;
  #metricsServer: MetricsServer | null = null;
  #stopping: Promise<void> | null = null;

  constructor(config: Config, parts: NodeParts) {
    this.#config = config;
    this.#parts = parts;
  }

  /** Makes the configured spaces, then listens. Throws CONFIG_INVALID if an address cannot be bound. */
  async start(): Promise<void> {
    const { store, server, metrics, logger } = this.#parts;
    const { spaces, server: listener } = this.#config;
    for (const { name, shards } of spaces.list) await store.spaces.ensure(spaceId(name), shards);
    if (listener.metricsListen !== null) {
      const { host, port } = hostAndPort(listener.metricsListen);
      this.#metricsServer = await serveMetrics(metrics.registry, host, port);
    }
    this.#port = await server.start();
    logger.info(
      { address: this.address, metricsPort: this.metricsPort, store: scheme(this.#config) },
      'serving',
    );
  }

  /** Where it listens, with the port that it got: `127.0.0.1:7600`. */
  get address(): string {
    const { listen } = this.#config.server;
    return `${listen.slice(0, listen.lastIndexOf(':'))}:${this.#port}`;
  }

  get port(): number {
    return this.#port;
  }

  /** Port of the metrics; null if they are not served. */
  get metricsPort(): number | null {
    return this.#metricsServer?.port ?? null;
  }

  /** Sessions that are not closed. */
  get sessions(): number {
    return this.#parts.gate.sessions;
  }

  /**
   * Resolves when every tail has caught up with its log, every engine call is done, every outbox is empty and every
   * delivery acknowledged. Waits as long as a device does; rejects with the signal's reason.
   */
  quiesce(signal?: AbortSignal): Promise<void> {
    return this.#parts.gate.idle(signal);
  }

  /** Reads the token keys again. Throws CONFIG_INVALID, and goes on with those it had. */
  reloadKeys(): void {
    this.#parts.verifier.replaceKeys(readKeys(this.#config.auth));
    this.#parts.logger.info('token keys were read again');
  }

  /**
   * Takes the model that is in its folder now, while streams stay open; resolves when the old one has ended its calls.
   * Throws MODEL_INVALID, and goes on with the old one. Without a model it does nothing.
   */
  reloadModel(): Promise<void> {
    return this.#parts.reloadModel();
  }

  /**
   * Stops in order: NOT_SERVING, a pause for balancers, a goodbye to each session, the end of every stream, a grace for
   * calls, the store. Idempotent; resolves when all of it is done.
   */
  stop(): Promise<void> {
    return (this.#stopping ??= this.#stop());
  }

  async #stop(): Promise<void> {
    const { gate, server, closeStore, logger } = this.#parts;
    const { drainMs, graceMs } = this.#config.server;
    logger.info({ sessions: this.sessions }, 'stopping');
    server.notServing();
    await new Promise((resolve) => setTimeout(resolve, drainMs));
    await gate.shutDown();
    server.endStreams(new ForesyncError('SHUTTING_DOWN', 'the node shuts down', { retryAfterMs: 0 }));
    await server.close(graceMs);
    await this.#metricsServer?.close();
    await closeStore();
    logger.info('stopped');
  }
}

const scheme = ({ store }: Config): string => store.url.slice(0, store.url.indexOf(':'));
