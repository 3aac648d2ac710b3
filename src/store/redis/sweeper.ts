import { ForesyncError } from '../../domain/errors.js';
import type { DataHash } from '../../domain/ids.js';
import { dataHash } from '../../domain/ids.js';
import { claimOf } from './changes.js';
import type { Claim, Claims } from './claims.js';
import { readPending } from './claims.js';
import type { Keys } from './keys.js';
import { GARBAGE, REMOVE } from './lua/blob.js';
import { FIELDS } from './lua/user.js';
import type { StoreObserver } from '../observer.js';
import { bytesOf, bytesOrNull, listOf, textOf } from './replies.js';
import type { Router } from './router.js';

/** Contents that one sweep removes at most. */
const SWEEP_BLOBS = 16;
/** A claim that is pending for longer was left behind, and is looked after: ms. */
const PENDING_MS = 5 * 60 * 1000;

export interface SweeperParts {
  readonly router: Router;
  readonly keys: Keys;
  readonly claims: Claims;
  readonly graceMs: number;
  readonly partitions: number;
  readonly now: () => number;
  readonly observer: StoreObserver;
}

/** Removes contents whose grace is over, a few with each content that is put: in its partition, and in one more in turn. */
export class Sweeper {
  readonly #parts: SweeperParts;
  #turn = 0;

  constructor(parts: SweeperParts) {
    this.#parts = parts;
  }

  /** Never throws: what is left over is removed later. */
  async sweep(partition: number): Promise<void> {
    try {
      const inTurn = this.#turn++ % this.#parts.partitions;
      await Promise.all([...new Set([partition, inTurn])].map((each) => this.#sweep(each)));
    } catch (thrown) {
      this.#parts.observer.fault(ForesyncError.from(thrown));
    }
  }

  /** Removes a content at once unless a head names it, or may. */
  async remove(hash: DataHash, until: number | 'inf' = 'inf'): Promise<void> {
    const { router, keys, now } = this.#parts;
    const { meta, chunks, claims, garbage } = keys.blob(hash);
    const args = [hash, until, now() - PENDING_MS];
    const { reply } = await router.run({ script: REMOVE, keys: [meta, chunks, claims, garbage], args });
    for (const pending of listOf(reply)) await this.#lookAfter(hash, readPending(bytesOf(pending)));
  }

  async #sweep(partition: number): Promise<void> {
    const { router, keys, now, graceMs } = this.#parts;
    // The grace includes its last millisecond.
    const until = now() - graceMs - 1;
    const args = [until, SWEEP_BLOBS];
    const call = { script: GARBAGE, keys: [keys.blobs(partition).garbage] as const, args };
    for (const hash of listOf((await router.runFree(call)).reply))
      await this.remove(dataHash(textOf(hash)), until);
  }

  /** Whoever made the claim was cut off: the head says whether it holds. */
  async #lookAfter(hash: DataHash, claim: Claim): Promise<void> {
    const { router, keys, claims } = this.#parts;
    const { space, shard, item } = claim.place;
    const { heads } = keys.shard(space, shard);
    const [change = null] = listOf((await router.run({ script: FIELDS, keys: [heads], args: [item] })).reply);
    const bytes = bytesOrNull(change);
    const holds = bytes !== null && Buffer.compare(claimOf(bytes), claim.word) === 0;
    await (holds ? claims.confirm(hash, claim) : claims.drop(hash, claim));
  }
}
