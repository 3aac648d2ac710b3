import { Server } from '@grpc/grpc-js';
import {
  ContentServiceDefinition,
  PredictionServiceDefinition,
  PrivacyServiceDefinition,
  SyncServiceDefinition,
} from '@foresync/protocol';
import { ForesyncError } from '../domain/errors.js';
import type { Predictions } from '../domain/prediction-port.js';
import type { Privacy } from '../domain/privacy-port.js';
import type { SessionGate } from '../domain/session-port.js';
import { addService } from './call/add-service.js';
import type { Edge } from './call/edge.js';
import type { Surroundings } from './call/intercept.js';
import { LiveCalls } from './call/live-calls.js';
import type { ContentServiceDeps } from './content.js';
import { contentHandlers } from './content.js';
import type { TlsFiles } from './credentials.js';
import { serverCredentials } from './credentials.js';
import { fetchHandler } from './fetch.js';
import { Health } from './health.js';
import { predictionHandlers } from './prediction.js';
import { privacyHandlers } from './privacy.js';
import { addReflection } from './reflection.js';
import { syncHandler } from './sync.js';
import { reportHandler } from './web/report.js';
import { subscribeHandler } from './web/subscribe.js';

export interface RpcOptions {
  readonly host: string;
  /** 0 = a free one. */
  readonly port: number;
  readonly tls: TlsFiles | null;
  /** A connection that was silent for this long is probed, ms; one that does not answer within the timeout is closed. */
  readonly keepaliveMs: number;
  readonly keepaliveTimeoutMs: number;
  readonly maxStreamsPerConnection: number;
  /** Encoded bytes of one message to the server. */
  readonly frameBytes: number;
  readonly activityBatchBytes: number;
  /** Longest that a message may wait for the transport, ms. */
  readonly stallMs: number;
  readonly unaryMs: number;
  readonly helloMs: number;
  /** Longest silence of a Watch, ms. */
  readonly progressMs: number;
}

export interface RpcDeps extends Surroundings, Omit<ContentServiceDeps, 'progressMs'> {
  readonly gate: SessionGate;
  readonly predictions: Predictions;
  readonly privacy: Privacy;
}

const SERVICES = [
  SyncServiceDefinition,
  ContentServiceDefinition,
  PredictionServiceDefinition,
  PrivacyServiceDefinition,
] as const;

/** Larger messages are cut off by the transport; up to here they are refused with a code, the limit and the size. */
const RECEIVE_FACTOR = 4;

/** The gRPC listener with its services, health and reflection. It stops in steps, in the order of DESIGN.md 5. */
export class RpcServer {
  readonly #options: RpcOptions;
  readonly #health = new Health(SERVICES.map((service) => service.fullName));
  readonly #liveCalls = new LiveCalls();
  readonly #server: Server;

  constructor(options: RpcOptions, deps: RpcDeps) {
    this.#options = options;
    this.#server = new Server({
      'grpc.keepalive_time_ms': options.keepaliveMs,
      'grpc.keepalive_timeout_ms': options.keepaliveTimeoutMs,
      'grpc.max_concurrent_streams': options.maxStreamsPerConnection,
      'grpc.max_receive_message_length': options.frameBytes * RECEIVE_FACTOR,
      'grpc.max_send_message_length': -1,
    });
    this.#addServices(deps);
  }

  /** Resolves with the port when the server listens and says SERVING. Throws CONFIG_INVALID if it cannot. */
  async start(): Promise<number> {
    const { host, port, tls } = this.#options;
    const bound = await this.#bind(host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`, tls);
    this.#health.serving();
    return bound;
  }

  get openStreams(): number {
    return this.#liveCalls.size;
  }

  /** First step of a shutdown: balancers send nobody here any more. */
  notServing(): void {
    this.#health.notServing();
  }

  /** Health of the model, by the name `foresync.model`: the server serves whether or not it answers. */
  modelAnswers(answers: boolean): void {
    this.#health.detail('foresync.model', answers);
  }

  /** Health of the store, by the name `foresync.store`: the server serves even where a shard has no replica left. */
  storeIsWhole(whole: boolean): void {
    this.#health.detail('foresync.store', whole);
  }

  /** Ends every open stream with this error. */
  endStreams(error: ForesyncError): void {
    this.#liveCalls.end(error);
  }

  /** Takes no new calls, waits `graceMs` for those that are open, then cuts them off. */
  async close(graceMs: number): Promise<void> {
    const force = setTimeout(() => this.#server.forceShutdown(), graceMs);
    await new Promise<void>((resolve) => this.#server.tryShutdown(() => resolve()));
    clearTimeout(force);
  }

  #addServices(deps: RpcDeps): void {
    const { clock } = deps.content;
    const { stallMs, unaryMs, frameBytes, activityBatchBytes, helloMs, progressMs } = this.#options;
    const limits = { stallMs, unaryMs, maxRequestBytes: frameBytes };
    const edge: Edge = { ...deps, ...limits, clock, liveCalls: this.#liveCalls };
    const { gate } = deps;
    const sync = syncHandler({ gate, clock, activityBatchBytes, helloMs });
    const subscribe = subscribeHandler({ gate, clock });
    const report = reportHandler({ gate, clock, activityBatchBytes });
    const fetch = fetchHandler(deps.content);
    addService(this.#server, SyncServiceDefinition, { sync, subscribe, report, fetch }, edge);
    addService(this.#server, ContentServiceDefinition, contentHandlers({ ...deps, progressMs }), edge);
    addService(this.#server, PredictionServiceDefinition, predictionHandlers(deps), edge);
    addService(this.#server, PrivacyServiceDefinition, privacyHandlers(deps), edge);
    this.#health.addTo(this.#server);
    addReflection(this.#server);
  }

  #bind(address: string, tls: TlsFiles | null): Promise<number> {
    const credentials = serverCredentials(tls);
    return new Promise((resolve, reject) => {
      this.#server.bindAsync(address, credentials, (cause, port) => {
        if (cause === null) resolve(port);
        else
          reject(
            new ForesyncError('CONFIG_INVALID', `listen: ${address} cannot be bound`, {
              field: 'listen',
              cause,
            }),
          );
      });
    });
  }
}
