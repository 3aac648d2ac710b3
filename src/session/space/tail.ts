import { ForesyncError } from '../../domain/errors.js';
import type { SpaceId } from '../../domain/ids.js';
import type { Change } from '../../domain/item.js';
import type { SpaceStore } from '../../domain/store-port.js';
import type { BackoffRules } from '../../util/backoff.js';
import { fullJitter } from '../../util/backoff.js';
import { linkSignals } from '../../util/abort.js';
import { Bell } from '../../util/bell.js';
import type { Timer } from '../timer.js';

export interface TailDeps {
  readonly spaces: Pick<SpaceStore, 'readLog' | 'wakeUps'>;
  readonly timer: Timer;
  readonly random: () => number;
  readonly pageSize: number;
  readonly pollMs: number;
  /** The log could not be read; it is read again after a while. */
  onFault(error: ForesyncError): void;
}

/** Where a tail stands in the log of one shard. */
export interface ShardPosition {
  readonly epoch: string;
  readonly offset: number;
}

const RETRY: BackoffRules = { baseMs: 100, maxMs: 10_000, factor: 2 };

/**
 * Follows the change log of one space: every change of a shard once, in order, shard by shard. Wake-ups and a slow poll say
 * where to look; the log is the truth. What fails is read again, for ever, at longer and longer intervals. Memory: one
 * page. A log that was compacted or made anew cannot be followed: `run` then throws COMPACTED.
 */
export class Tail {
  readonly #space: SpaceId;
  readonly #deps: TailDeps;
  readonly #shards: ShardPosition[];
  readonly #reach: number[];
  readonly #dirty = new Set<number>();
  readonly #work = new Bell();
  readonly #quiet = new Bell();
  #busy = false;
  #ended = false;
  #moves = 0;

  /** `shards` says where to start, by the number of the shard. */
  constructor(space: SpaceId, shards: readonly ShardPosition[], deps: TailDeps) {
    this.#space = space;
    this.#shards = [...shards];
    this.#reach = shards.map(({ offset }) => offset);
    this.#deps = deps;
  }

  /** Every change up to these was applied. By the number of the shard. */
  get positions(): readonly ShardPosition[] {
    return this.#shards;
  }

  /** Changes up to these are applied, or are being applied just now. By the number of the shard. */
  get reach(): readonly number[] {
    return this.#reach;
  }

  /** Grows with every change applied. */
  get moves(): number {
    return this.#moves;
  }

  /** Applies changes until the signal is aborted. `apply` must not throw. */
  async run(apply: (change: Change) => Promise<void>, signal: AbortSignal): Promise<void> {
    const stop = new AbortController();
    const link = linkSignals(signal, stop.signal);
    const either = link.signal;
    const stopPolling = this.#deps.timer.every(this.#deps.pollMs, () => this.#lookEverywhere());
    either.addEventListener('abort', () => this.#work.ring());
    const listening = this.#listen(either);
    try {
      this.#lookEverywhere();
      await this.#follow(apply, either);
    } finally {
      stop.abort();
      stopPolling();
      await listening;
      link.unlink();
      this.#ended = true;
      this.#quiet.ring();
    }
  }

  /** Resolves when everything that was in the log when this was called is applied, or the tail ended. */
  async caughtUp(): Promise<void> {
    this.#lookEverywhere();
    while (!this.#ended && (this.#busy || this.#dirty.size > 0)) await this.#quiet.next();
  }

  #lookEverywhere(): void {
    for (const shard of this.#shards.keys()) this.#dirty.add(shard);
    this.#work.ring();
  }

  /** Wake-ups, until the signal is aborted; whatever may have been missed in between is looked for. */
  async #listen(signal: AbortSignal): Promise<void> {
    for (let failures = 1; !signal.aborted; failures++) {
      try {
        for await (const shard of this.#deps.spaces.wakeUps(this.#space, signal)) {
          failures = 1;
          this.#dirty.add(shard);
          this.#work.ring();
        }
      } catch (thrown) {
        this.#report(thrown, signal);
      }
      await this.#pause(failures, signal);
      this.#lookEverywhere();
    }
  }

  async #follow(apply: (change: Change) => Promise<void>, signal: AbortSignal): Promise<void> {
    for (let failures = 0; !signal.aborted; ) {
      const [shard] = this.#dirty;
      if (shard === undefined) {
        this.#quiet.ring();
        await this.#work.next();
        continue;
      }
      this.#dirty.delete(shard);
      this.#busy = true;
      failures = (await this.#read(shard, apply, signal)) ? 0 : failures + 1;
      if (failures > 0) await this.#pause(failures, signal);
      this.#busy = false;
    }
  }

  /** Reads a shard to its end. False if that failed and has to be done again. */
  async #read(
    shard: number,
    apply: (change: Change) => Promise<void>,
    signal: AbortSignal,
  ): Promise<boolean> {
    try {
      while (!signal.aborted && !(await this.#readPage(shard, apply)));
      return true;
    } catch (thrown) {
      if (thrown instanceof ForesyncError && thrown.code === 'COMPACTED') throw thrown;
      this.#report(thrown, signal);
      this.#dirty.add(shard);
      return false;
    }
  }

  /** True at the end of the log. */
  async #readPage(shard: number, apply: (change: Change) => Promise<void>): Promise<boolean> {
    const { epoch, offset } = this.#at(shard);
    const page = await this.#deps.spaces.readLog(this.#space, shard, offset, this.#deps.pageSize);
    if (page.kind === 'compacted' || page.bounds.epoch !== epoch || page.bounds.high < offset)
      throw logLost(this.#space, shard, offset);
    for (const change of page.changes) {
      this.#reach[shard] = change.head.version;
      await apply(change);
      this.#shards[shard] = { epoch, offset: change.head.version };
      this.#moves++;
    }
    return page.changes.length === 0 || this.#at(shard).offset >= page.bounds.high;
  }

  /** What fails because the tail ends is no fault. */
  #report(thrown: unknown, signal: AbortSignal): void {
    if (!signal.aborted) this.#deps.onFault(ForesyncError.from(thrown));
  }

  #at(shard: number): ShardPosition {
    return this.#shards[shard] ?? { epoch: '', offset: 0 };
  }

  async #pause(failures: number, signal: AbortSignal): Promise<void> {
    if (signal.aborted) return;
    await this.#deps.timer.wait(fullJitter(RETRY, failures, this.#deps.random()), signal);
  }
}

/** COMPACTED: whoever stood at the offset starts anew at its next Hello. */
export function logLost(space: SpaceId, shard: number, offset: number): ForesyncError {
  const text = `the log after offset ${offset} of shard ${shard} is gone: come back and compare`;
  return new ForesyncError('COMPACTED', text, { facts: { space, shard: String(shard) }, retryAfterMs: 0 });
}
