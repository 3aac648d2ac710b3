import { PROTOCOL_LIMITS } from '@foresync/protocol/limits';
import { z } from 'zod';

const ms = z.int().min(1).max(2_147_483_647);
const count = z.int().min(1);
const file = z.string().min(1);
const optionalFile = file.nullable().default(null);

/** At most what the contract fixes: both sides know those limits by heart. */
const atMost = (limit: number) => z.int().min(1).max(limit).default(limit);

const space = z.strictObject({
  name: z.string().min(1),
  shards: z.int().min(1).max(PROTOCOL_LIMITS.shardsPerSpace).default(4),
});

/**
 * Every setting there is, by section: its type, its bounds, its default. Times in ms, sizes in bytes. The names are those
 * of the file; FORESYNC_<SECTION>_<NAME> sets one from the environment.
 */
export const SECTIONS = {
  server: {
    /** Where to listen, `HOST:PORT`; port 0 takes a free one. */
    listen: z
      .string()
      .regex(/^.+:\d{1,5}$/, 'has to be HOST:PORT')
      .default('127.0.0.1:7600'),
    /** Where operators read metrics, `HOST:PORT`; null = nowhere. */
    metricsListen: z
      .string()
      .regex(/^.+:\d{1,5}$/, 'has to be HOST:PORT')
      .nullable()
      .default(null),
    keepaliveMs: ms.default(60_000),
    keepaliveTimeoutMs: ms.default(20_000),
    maxStreamsPerConnection: count.default(2_000),
    /** Longest that a message may wait for a device to read it. */
    stallMs: ms.default(20_000),
    /** Longest that a unary call may take. */
    unaryMs: ms.default(30_000),
    /** Longest wait for the Hello of a stream. */
    helloMs: ms.default(10_000),
    /** Time between saying NOT_SERVING and ending sessions, so that balancers notice. */
    drainMs: z.int().min(0).default(0),
    /** Longest wait for open calls at the end. */
    graceMs: ms.default(10_000),
  },
  tls: {
    certFile: optionalFile,
    keyFile: optionalFile,
    /** Clients must show a certificate that this authority signed. */
    clientCaFile: optionalFile,
  },
  auth: {
    audience: z.string().min(1).default('foresync'),
    /** null = any issuer whose signature verifies. */
    issuer: z.string().min(1).nullable().default(null),
    /** How far the issuer's clock may be off. */
    leewayMs: z.int().min(0).max(60_000).default(2_000),
    /** Public keys (PEM, JWK or JWKS) for EdDSA and RS256. */
    keyFiles: z.array(file).default([]),
    /** Base64url secret for HS256: development only. */
    secretFile: optionalFile,
    /** Base64url key of at least 32 bytes that all nodes share: pseudonyms, query keys and resume tokens come from it. */
    serverKeyFile: optionalFile,
  },
  store: {
    /** `memory:`, `lmdb:DIR`, `redis://HOST:PORT`, `redis+sentinel://HOST:PORT,…/NAME` or `redis+cluster://HOST:PORT,…`. */
    url: z
      .string()
      .regex(
        /^(memory:|lmdb:.+|rediss?(\+sentinel|\+cluster)?:\/\/.+)$/,
        'has to be memory:, lmdb:DIR, redis://…, redis+sentinel://… or redis+cluster://…',
      )
      .default('memory:'),
    /** Replicas in Redis that must have what is acknowledged; null = 1 with Sentinels or a cluster, else 0. */
    replicas: z.int().min(0).max(16).nullable().default(null),
    /** Refuse writes of a shard that has no replica left, instead of acknowledging them as DEGRADED. */
    refuseDegraded: z.boolean().default(false),
    /** Hash tags of users, shards and contents in Redis; fixed when the store is made. */
    partitions: z.int().min(1).max(16_384).default(1024),
    /** A Redis server that does not answer for so long is given up. */
    commandMs: ms.default(500),
    /** Longest that an operation is tried again through failovers of Redis. */
    operationMs: ms.default(10_000),
    /** Changes a shard's log keeps. */
    logRetention: count.default(10_000),
    /** How long a content outlives its last use. */
    blobGraceMs: ms.default(600_000),
    /** Longest time that what a space learned is in memory alone. */
    snapshotMs: ms.default(300_000),
  },
  spaces: {
    /** Spaces that are made at the start. */
    list: z.array(space).default([]),
    /** Make a space at the first write that a token grants on it. */
    autoCreate: z.boolean().default(false),
    autoCreateShards: z.int().min(1).max(PROTOCOL_LIMITS.shardsPerSpace).default(4),
  },
  push: {
    /** Who ranks: one of the policies. */
    policy: z.string().min(1).default('model'),
    /** Folder of the model that ranks in policy `model`; null = the one that comes with Foresync. */
    model: optionalFile,
    /** Folder of a model that scores beside the policy and pushes nothing: its would-be hits are counted; null = none. */
    shadowModel: optionalFile,
    /** `price`: what is worth its bytes at the service's budget. `threshold`: what scores above it. */
    mode: z.enum(['price', 'threshold']).default('price'),
    /** Most candidates of a plan. */
    candidates: count.default(140),
    /** Bytes that may be pushed for each byte that was opened. */
    budget: z.number().min(0).max(1_000).default(1),
    /** Bytes that may be pushed before anything was opened, a space. */
    startBytes: z
      .int()
      .min(0)
      .default(1024 * 1024),
    /** Score above which content is pushed, in mode `threshold`. */
    threshold: z.number().min(0).default(0.5),
    /** Score above which metadata is pushed when the content is not; null = never. */
    metadataThreshold: z.number().min(0).nullable().default(null),
  },
  session: {
    heartbeatMs: ms.default(30_000),
    maxSessions: count.default(20_000),
    /** Mean of what devices are told to wait before they come back. */
    retryAfterMs: ms.default(5_000),
    /** Unacknowledged pushes at a time, and their bytes. */
    maxInFlight: count.default(256),
    maxInFlightBytes: count.default(4 * 1024 * 1024),
    /** Send changes of large contents as deltas. */
    deltas: z.boolean().default(true),
  },
  limits: {
    itemBytes: count.default(PROTOCOL_LIMITS.itemBytes),
    chunkBytes: atMost(PROTOCOL_LIMITS.chunkBytes),
    activityBatchBytes: atMost(PROTOCOL_LIMITS.activityBatchBytes),
    frameBytes: atMost(PROTOCOL_LIMITS.frameBytes),
  },
  log: {
    level: z.enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent']).default('info'),
  },
} as const;

/** The same, for who goes through all of them. */
export const SETTING_TYPES: Readonly<Record<string, Readonly<Record<string, z.ZodType>>>> = SECTIONS;

type Sections = typeof SECTIONS;

/** The whole configuration: every setting has a value. */
export type Config = {
  readonly [Name in keyof Sections]: {
    readonly [Setting in keyof Sections[Name]]: z.output<Sections[Name][Setting]>;
  };
};

/** Some settings, the others have their defaults. */
export type PartialConfig = {
  readonly [Name in keyof Sections]?: {
    readonly [Setting in keyof Sections[Name]]?: z.input<Sections[Name][Setting]> | undefined;
  };
};
