import { Redis } from 'ioredis';
import { ForesyncError } from '../../domain/errors.js';
import { withinTime } from '../../util/abort.js';
import { unavailable } from '../failures.js';
import type { Endpoint, RedisAddress } from './address.js';
import { nameOf } from './address.js';
import { checkServer, readInfo } from './server-info.js';

/** How to reach servers of one deployment. */
export interface Dialling {
  readonly address: Pick<RedisAddress, 'username' | 'password' | 'tls'>;
  /** Longest wait for a connection, and for an answer while it is made, ms. */
  readonly connectMs: number;
  /** How the connections call themselves to the servers. */
  readonly name?: string;
}

/** Sentinels have users of their own, or none: the URL's is for the servers. */
export function sentinelDialling(dialling: Dialling): Dialling {
  return { ...dialling, address: { ...dialling.address, username: null, password: null } };
}

/** A connection that is open, and the process at its other end. */
export interface Connection {
  readonly redis: Redis;
  readonly endpoint: Endpoint;
  /** A word that names this process: another one after each restart. */
  readonly runId: string;
}

/**
 * Connects to a server and checks that it can hold a store: version, eviction policy, loaded. The connection never
 * reconnects and never repeats a command by itself: whoever uses it decides, because only that one knows what is safe.
 * Throws STORE_UNAVAILABLE, CONFIG_INVALID.
 */
export async function connect(endpoint: Endpoint, dialling: Dialling): Promise<Connection> {
  const redis = dial(endpoint, dialling);
  try {
    await open(redis, dialling.connectMs);
    const info = readInfo(await withinTime(dialling.connectMs, redis.info()));
    checkServer(info, nameOf(endpoint));
    return { redis, endpoint, runId: info.get('run_id') ?? '' };
  } catch (thrown) {
    redis.disconnect();
    throw unusable(endpoint, thrown);
  }
}

/** Asks a server over a connection of its own. Throws as `connect`. */
export async function overConnection<T>(
  endpoint: Endpoint,
  dialling: Dialling,
  ask: (redis: Redis) => Promise<T>,
): Promise<T> {
  const { redis } = await connect(endpoint, dialling);
  try {
    return await ask(redis);
  } catch (thrown) {
    throw unusable(endpoint, thrown);
  } finally {
    redis.disconnect();
  }
}

/** What came of asking a server: STORE_UNAVAILABLE, unless it is told as something else already. */
export function unusable(endpoint: Endpoint, thrown: unknown): ForesyncError {
  if (thrown instanceof ForesyncError) return thrown;
  return unavailable(`${nameOf(endpoint)} cannot be used: ${messageOf(thrown)}`, thrown);
}

/** A connection that is not open yet, for those who need no check of the server (Sentinels, subscribers, questions). */
export function dial({ host, port }: Endpoint, { address, connectMs, name }: Dialling): Redis {
  const redis = new Redis({
    host,
    port,
    ...(address.username === null ? {} : { username: address.username }),
    ...(address.password === null ? {} : { password: address.password }),
    ...(address.tls ? { tls: { servername: host } } : {}),
    ...(name === undefined ? {} : { connectionName: name }),
    connectTimeout: connectMs,
    // Nothing here needs RESP3, and RESP2 is what every server and proxy speaks.
    protocol: 2,
    lazyConnect: true,
    enableReadyCheck: false,
    enableOfflineQueue: false,
    disableClientInfo: true,
    autoResubscribe: false,
    autoResendUnfulfilledCommands: false,
    retryStrategy: () => null,
  });
  // What fails is told by the promise of the command or of `connect`; without a listener ioredis prints it as well.
  redis.on('error', () => undefined);
  return redis;
}

/** Opens a connection that was dialled. Rejects with what is wrong, where ioredis says only that it was closed. */
export async function open(redis: Redis, connectMs: number): Promise<void> {
  let trouble: unknown = null;
  redis.once('error', (error: unknown) => (trouble = error));
  try {
    await withinTime(connectMs, redis.connect());
  } catch (thrown) {
    throw trouble ?? thrown;
  }
}

export function messageOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown);
}
