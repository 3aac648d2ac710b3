import type { Redis } from 'ioredis';
import type { Durability } from '../../domain/checkpoint.js';
import type { ForesyncError } from '../../domain/errors.js';
import { withinTime } from '../../util/abort.js';
import { unavailable } from '../failures.js';
import { liveReplicas, readInfo } from './server-info.js';
import type { RedisSettings } from './settings.js';

/** How long it counts that a shard has no replica left, before that is looked at again, ms. */
const VERDICT_MS = 500;
/** How long replicas are waited for that were not there a moment ago, ms. */
const DEGRADED_WAIT_MS = 10;

export interface FenceParts {
  readonly redis: Redis;
  readonly settings: Pick<RedisSettings, 'replicas' | 'refuseDegraded' | 'replicaMs' | 'commandMs'>;
  /** Whether the majority sees this server as the primary that it takes itself for. */
  readonly stands: () => Promise<boolean>;
  /** Now, ms, by a clock that never goes back. */
  readonly now: () => number;
}

/**
 * What the number of replicas that have everything means. A primary that hung while another one took its place finds no
 * replica any more: it is found out here, before anybody believes what it acknowledged.
 */
export class Fence {
  readonly #parts: FenceParts;
  #degradedUntil = 0;

  constructor(parts: FenceParts) {
    this.#parts = parts;
  }

  /** After WAIT. */
  get words(): readonly [replicas: number, ms: number] {
    const { replicas, replicaMs } = this.#parts.settings;
    return [replicas, this.#isDegraded() ? DEGRADED_WAIT_MS : replicaMs];
  }

  /** Whether writes are refused that no replica has. */
  get refuses(): boolean {
    return this.#parts.settings.refuseDegraded;
  }

  /** Throws STORE_UNAVAILABLE where replicas are only slow, or the server is no primary for the majority. */
  async judge(replicated: number): Promise<Durability> {
    const { redis, settings, stands, now } = this.#parts;
    if (replicated >= settings.replicas) {
      this.#degradedUntil = 0;
      return 'replicated';
    }
    if (this.#isDegraded()) return 'degraded';
    const info = readInfo(await withinTime(settings.commandMs, redis.info('replication')));
    if (info.get('role') !== 'master') throw unavailable('the server is no primary any more');
    if (liveReplicas(info) >= settings.replicas) throw unavailable('the replicas are slow: try again');
    if (!(await stands())) throw unavailable('the majority does not see the server as the primary');
    this.#degradedUntil = now() + VERDICT_MS;
    return 'degraded';
  }

  refusal(): ForesyncError {
    return unavailable('the shard has no replica left, and store.refuseDegraded is set: try again');
  }

  #isDegraded(): boolean {
    return this.#parts.now() < this.#degradedUntil;
  }
}
