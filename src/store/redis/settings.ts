import type { RedisAddress } from './address.js';

/** How a store on Redis waits, retries and judges. Times in ms. */
export interface RedisSettings {
  /** Replicas that must have a write before it is acknowledged as REPLICATED; 0 = none, acknowledged as LOCAL. */
  readonly replicas: number;
  /** Refuse writes (STORE_UNAVAILABLE) instead of acknowledging them as DEGRADED when a shard has no replica left. */
  readonly refuseDegraded: boolean;
  /** Hash tags of users, of shards and of contents; fixed when the store is made. */
  readonly partitions: number;
  /** A server that has not answered after this long is given up, its connection with it. */
  readonly commandMs: number;
  /** Longest wait for replicas; shorter than `commandMs`. */
  readonly replicaMs: number;
  /** Longest that one operation is tried again through failovers; then STORE_UNAVAILABLE. */
  readonly operationMs: number;
}

export const REDIS_SETTINGS: RedisSettings = {
  replicas: 1,
  refuseDegraded: false,
  partitions: 1024,
  commandMs: 500,
  replicaMs: 300,
  operationMs: 10_000,
};

/** Settings with their defaults, which one server without replicas has of its own. */
export function settingsFor(kind: RedisAddress['kind'], given: Partial<RedisSettings>): RedisSettings {
  return { ...REDIS_SETTINGS, ...(kind === 'standalone' ? { replicas: 0 } : {}), ...given };
}

/** Bounds of what waits on one connection; one command more is refused with STORE_UNAVAILABLE. */
export const LANE_LIMITS = {
  waiting: 16_384,
  /** Commands that share one round trip, and their bytes. */
  batch: 512,
  batchBytes: 4 * 1024 * 1024,
} as const;
