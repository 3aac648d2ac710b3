import type { Config } from '../config.js';
import { hostAndPort } from '../config.js';
import { OUTBOX_LIMITS } from '../outbox/limits.js';
import type { RpcOptions } from '../rpc/server.js';
import type { PushTerms } from '../session/space/push-terms.js';
import type { SessionSettings } from '../session/settings.js';
import { SESSION_SETTINGS } from '../session/settings.js';
import type { StoreConfig, StoreObserver } from '../store/open.js';
import { DELTA_RULES } from '../sync/delta.js';

/** What the configuration means to each room. */

export function rpcOptions({ server, tls, limits, session }: Config): RpcOptions {
  const { certFile, keyFile, clientCaFile } = tls;
  return {
    ...hostAndPort(server.listen),
    tls: certFile === null || keyFile === null ? null : { certFile, keyFile, clientCaFile },
    keepaliveMs: server.keepaliveMs,
    keepaliveTimeoutMs: server.keepaliveTimeoutMs,
    maxStreamsPerConnection: server.maxStreamsPerConnection,
    frameBytes: limits.frameBytes,
    activityBatchBytes: limits.activityBatchBytes,
    stallMs: server.stallMs,
    unaryMs: server.unaryMs,
    helloMs: server.helloMs,
    progressMs: session.heartbeatMs * QUIET_SHARE,
  };
}

export function sessionSettings({ session, limits }: Config): SessionSettings {
  const { heartbeatMs, maxSessions, retryAfterMs, maxInFlight, maxInFlightBytes, deltas } = session;
  const { chunkBytes, frameBytes } = limits;
  return {
    ...SESSION_SETTINGS,
    heartbeatMs,
    maxSessions,
    retryAfterMs,
    // A frame may take one chunk more than what was gathered for it.
    outbox: {
      ...OUTBOX_LIMITS,
      maxInFlight,
      maxInFlightBytes,
      chunkBytes,
      frameBytes: frameBytes - chunkBytes,
    },
    deltas: deltas ? DELTA_RULES : null,
    limits,
  };
}

export function storeConfig({ store }: Config, observer: StoreObserver): StoreConfig {
  return {
    url: store.url,
    limits: { logRetention: store.logRetention, blobGraceMs: store.blobGraceMs },
    redis: {
      refuseDegraded: store.refuseDegraded,
      partitions: store.partitions,
      commandMs: store.commandMs,
      replicaMs: Math.ceil(store.commandMs * REPLICA_SHARE),
      operationMs: store.operationMs,
      ...(store.replicas === null ? {} : { replicas: store.replicas }),
    },
    observer,
  };
}

export function pushTerms({ push }: Config): PushTerms {
  return {
    ratio: push.budget,
    startBytes: push.startBytes,
    threshold: push.mode === 'threshold' ? push.threshold : null,
    metadataThreshold: push.metadataThreshold,
  };
}

/** Replicas are waited for, and then there is time left to hear that they did not come. */
const REPLICA_SHARE = 0.6;

/** A watcher hears something in every heartbeat interval, with time for the way. */
const QUIET_SHARE = 0.7;
