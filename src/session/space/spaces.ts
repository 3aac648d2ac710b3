import { ForesyncError } from '../../domain/errors.js';
import type { SpaceId } from '../../domain/ids.js';
import type { FeedEntry, ForgottenMark, Store } from '../../domain/store-port.js';
import { LiveSpace } from './live-space.js';
import { Members } from './members.js';
import type { SessionObserver } from '../observer.js';
import type { SessionSettings } from '../settings.js';
import type { OpenHeart } from './space-heart.js';
import type { ShardPosition } from './tail.js';
import { Tail } from './tail.js';
import type { Timer } from '../timer.js';
import { FeedTail } from './feed-tail.js';
import { linkSignals } from '../../util/abort.js';

export interface SpacesDeps {
  readonly store: Pick<Store, 'spaces' | 'isShared'>;
  readonly openHeart: OpenHeart;
  readonly timer: Timer;
  readonly random: () => number;
  readonly observer: SessionObserver;
  readonly settings: SessionSettings;
  /** Another node forgot somebody, see `forgottenMark`. Must not throw. */
  readonly onForgotten: (mark: string) => Promise<void>;
  /** A batch came by in a feed, of this node or of another. Must not throw. */
  readonly onApplied: (entry: FeedEntry) => void;
}

/** A space in use; it stays open at least until it is released. */
export interface Lease {
  readonly live: LiveSpace;
  /** Idempotent. */
  release(): void;
}

/**
 * The spaces that this node serves. A space is opened by its first session and stays open for the next one; of those
 * without sessions the `maxIdleSpaces` that were left last stay. One whose log was lost is opened anew.
 */
export class Spaces {
  readonly #deps: SpacesDeps;
  readonly #open = new Map<SpaceId, Opened>();
  readonly #running = new Set<Promise<void>>();
  /** Those of the open ones that are ready. */
  readonly #ready = new Set<LiveSpace>();

  constructor(deps: SpacesDeps) {
    this.#deps = deps;
  }

  /** Contents that the devices of all sessions hold, or are about to. */
  get held(): number {
    let held = 0;
    for (const live of this.#ready) held += live.held;
    return held;
  }

  /** Those that are open. */
  get ready(): Iterable<LiveSpace> {
    return this.#ready;
  }

  /** The space, opened if it is not yet; `shards` as SpaceMeta says. */
  async lease(space: SpaceId, shards: number): Promise<Lease> {
    const opened = this.#open.get(space) ?? this.#start(space, shards);
    opened.leases++;
    let held = true;
    const release = (): void => {
      if (held) this.#release(space, opened);
      held = false;
    };
    try {
      return { live: await opened.live, release };
    } catch (thrown) {
      release();
      throw thrown;
    }
  }

  /** Resolves when every tail has applied what was in its log when this was called. */
  async caughtUp(): Promise<void> {
    const tails = [...this.#ready].flatMap(({ tail, feed }) => (feed === null ? [tail] : [tail, feed]));
    await Promise.all(tails.map((each) => each.caughtUp()));
  }

  /** Stops every tail; resolves when none is at work any more. */
  async close(): Promise<void> {
    for (const { stop } of this.#open.values()) stop.abort();
    this.#open.clear();
    await Promise.all(this.#running);
  }

  #start(space: SpaceId, shards: number): Opened {
    const stop = new AbortController();
    const live = this.#openLive(space, shards);
    const opened: Opened = { live, stop, leases: 0 };
    this.#open.set(space, opened);
    const running = live
      .then((ready) => this.#follow(ready, stop.signal))
      // Whoever leased it hears why it did not open.
      .catch(() => undefined)
      .finally(() => {
        this.#forget(space, opened);
        this.#running.delete(running);
      });
    this.#running.add(running);
    return opened;
  }

  async #openLive(space: SpaceId, shards: number): Promise<LiveSpace> {
    const { store, timer, random, observer, settings } = this.#deps;
    // Read before the heart reads its heads: what changes in between is applied twice, never missed.
    const starts = await startsOf(store, space, shards);
    const members = new Members();
    const heart = await this.#deps.openHeart(space, members);
    const tail = new Tail(space, starts, {
      spaces: store.spaces,
      timer,
      random,
      pageSize: settings.logPage,
      pollMs: settings.pollMs,
      onFault: (error) => observer.fault('tail', error, space),
    });
    const feed = store.isShared ? await this.#feedOf(space) : null;
    const onPlanFault = (thrown: unknown): void => observer.fault('plan', ForesyncError.from(thrown), space);
    return new LiveSpace(space, heart, { log: tail, feed }, members, onPlanFault);
  }

  /** From now on: what was applied before, the heart has learned. */
  async #feedOf(space: SpaceId): Promise<FeedTail> {
    const { store, timer, observer, settings } = this.#deps;
    const { high } = await store.spaces.readFeed(space, 0, 1);
    return new FeedTail(space, high, {
      spaces: store.spaces,
      timer,
      pollMs: settings.feedPollMs,
      pageSize: settings.logPage,
      onFault: (error) => observer.fault('tail', error, space),
    });
  }

  /** Until it is stopped, or its log is lost. */
  async #follow(live: LiveSpace, signal: AbortSignal): Promise<void> {
    this.#ready.add(live);
    const stop = new AbortController();
    const link = linkSignals(signal, stop.signal);
    const applied = async (entry: FeedEntry): Promise<void> => {
      this.#deps.onApplied(entry);
      live.offer(await live.heart.appliedElsewhere(entry));
    };
    const forgotten = async (mark: ForgottenMark): Promise<void> => {
      live.heart.forgottenElsewhere(mark);
      await this.#deps.onForgotten(mark.mark);
    };
    const turned = (): Promise<void> => live.heart.exchange();
    const following = live.feed?.run({ applied, forgotten, turned }, link.signal);
    try {
      await live.tail.run((change) => live.apply(change), signal);
    } catch (thrown) {
      const error = ForesyncError.from(thrown);
      this.#deps.observer.fault('tail', error, live.space);
      live.lost(error);
    } finally {
      this.#ready.delete(live);
      stop.abort();
      await following;
      link.unlink();
      await this.#close(live);
    }
  }

  async #close({ heart, space }: LiveSpace): Promise<void> {
    try {
      await heart.close?.();
    } catch (thrown) {
      this.#deps.observer.fault('plan', ForesyncError.from(thrown), space);
    }
  }

  #release(space: SpaceId, opened: Opened): void {
    opened.leases--;
    if (opened.leases > 0 || this.#open.get(space) !== opened) return;
    // To the end of the order: the one that was left last.
    this.#open.delete(space);
    this.#open.set(space, opened);
    const idle = [...this.#open].filter(([, other]) => other.leases === 0);
    for (const [name, other] of idle.slice(0, Math.max(0, idle.length - this.#deps.settings.maxIdleSpaces))) {
      other.stop.abort();
      this.#forget(name, other);
    }
  }

  #forget(space: SpaceId, opened: Opened): void {
    if (this.#open.get(space) === opened) this.#open.delete(space);
  }
}

interface Opened {
  readonly live: Promise<LiveSpace>;
  readonly stop: AbortController;
  leases: number;
}

function startsOf(store: Pick<Store, 'spaces'>, space: SpaceId, shards: number): Promise<ShardPosition[]> {
  const numbers = Array.from({ length: shards }, (_, shard) => shard);
  return Promise.all(
    numbers.map(async (shard) => {
      const { epoch, high } = await store.spaces.bounds(space, shard);
      return { epoch, offset: high };
    }),
  );
}
