import { LRUCache } from 'lru-cache';
import { ForesyncError } from '../../domain/errors.js';
import type { SpaceId } from '../../domain/ids.js';
import { closedFailure, unavailable } from '../failures.js';
import type { Keys } from './keys.js';
import { ADOPT } from './lua/shard.js';
import { MAKE_SPACE, META, READY } from './lua/space.js';
import type { StoreObserver } from '../observer.js';
import { listOf, textOf, wholeOf } from './replies.js';
import type { Router } from './router.js';

export interface SpaceRecord {
  readonly space: SpaceId;
  readonly shards: number;
  /** Of the logs that were made with the space. */
  readonly epoch: string;
}

/** Spaces that a node remembers; one more is read again when it is needed. */
const REMEMBERED = 10_000;

export interface DirectoryParts {
  readonly router: Router;
  readonly keys: Keys;
  readonly newEpoch: () => string;
  readonly observer: StoreObserver;
}

/**
 * Which spaces there are. Those that exist are remembered: a space never ends. One whose record was lost with Redis' data is
 * made anew by the first node that remembers it, its logs under new epochs.
 */
export class Directory {
  readonly #parts: DirectoryParts;
  readonly #known = new LRUCache<SpaceId, SpaceRecord>({ max: REMEMBERED });

  constructor(parts: DirectoryParts) {
    this.#parts = parts;
  }

  /** Without asking Redis. */
  remembered(space: SpaceId): SpaceRecord | null {
    return this.#known.get(space) ?? null;
  }

  async find(space: SpaceId): Promise<SpaceRecord | null> {
    const { router, keys } = this.#parts;
    if (router.isClosed()) throw closedFailure();
    const known = this.#known.get(space);
    if (known !== undefined) return known;
    const { reply } = await router.run({ script: META, keys: [keys.space(space).meta], args: [] });
    const [shards, epoch, ready] = listOf(reply);
    return ready === null ? null : this.#remember(space, wholeOf(shards), textOf(epoch));
  }

  /** Throws SPACE_UNKNOWN. */
  async get(space: SpaceId): Promise<SpaceRecord> {
    const found = await this.find(space);
    if (found === null) throw new ForesyncError('SPACE_UNKNOWN', 'the space does not exist');
    return found;
  }

  /** Makes the space with all of its shards, or finds it. Whoever is interrupted is followed by whoever asks next. */
  async ensure(space: SpaceId, shards: number): Promise<SpaceRecord> {
    return (await this.find(space)) ?? this.#make(space, shards, 'first');
  }

  /**
   * Takes a shard over for the server that answers for it now; its log may go on under another epoch then. Throws
   * STORE_UNAVAILABLE if the space was made again with other shards meanwhile: then it is another one.
   */
  async adopt(record: SpaceRecord, shard: number): Promise<void> {
    const { newEpoch, observer } = this.#parts;
    const outcome = await this.#adopt(record.space, shard, newEpoch(), 'later');
    if (outcome === 'kept') return;
    observer.logLost();
    if (outcome !== 'lost') return;
    this.#known.delete(record.space);
    const now = await this.#make(record.space, record.shards, 'later');
    if (now.shards !== record.shards)
      throw unavailable('the space was made again with other shards: try again');
  }

  async #make(space: SpaceId, shards: number, when: 'first' | 'later'): Promise<SpaceRecord> {
    const { router, keys, newEpoch } = this.#parts;
    const { meta, channel } = keys.space(space);
    const made = await router.run({ script: MAKE_SPACE, keys: [meta], args: [shards, newEpoch()] });
    const [count, first, ready] = listOf(made.reply);
    const record: SpaceRecord = { space, shards: wholeOf(count), epoch: textOf(first) };
    if (ready === null) {
      const numbers = Array.from({ length: record.shards }, (_, shard) => shard);
      await Promise.all(numbers.map((shard) => this.#adopt(space, shard, record.epoch, when)));
      await router.run({ script: READY, keys: [meta], args: [channel, space] });
    }
    return this.#remember(space, record.shards, record.epoch);
  }

  async #adopt(space: SpaceId, shard: number, epoch: string, when: 'first' | 'later'): Promise<string> {
    const { router, keys } = this.#parts;
    const { state } = keys.shard(space, shard);
    const { reply } = await router.run({ script: ADOPT, keys: [state], args: [epoch, when] });
    return textOf(listOf(reply)[1]);
  }

  #remember(space: SpaceId, shards: number, epoch: string): SpaceRecord {
    const record = { space, shards, epoch };
    this.#known.set(space, record);
    return record;
  }
}
