import { LRUCache } from 'lru-cache';
import type { SpaceId } from '../../domain/ids.js';
import { spaceId } from '../../domain/ids.js';
import type { WakeUpListener } from '../wake-up-listener.js';
import { WakeUps } from '../wake-ups.js';
import type { Directory, SpaceRecord } from './directory.js';
import type { Keys } from './keys.js';
import type { SubscriptionsParts } from './subscriptions.js';
import { Subscriptions } from './subscriptions.js';

export interface WakesParts extends Omit<SubscriptionsParts, 'onMessage' | 'onHeard'> {
  readonly keys: Keys;
  readonly directory: Directory;
}

/** Changes of which only one of the two tellings (own commit, message) has come yet. */
const HALF_TOLD = 4096;

/** Who tells of a change: the commit that made it, if that is ours, and the message that everybody hears. */
type Telling = 'commit' | 'message';

/** A space that somebody in this process listens to. */
interface Followed {
  readonly listeners: Set<WakeUpListener>;
  /** Those that still have to ring each shard once. */
  readonly starting: Set<WakeUpListener>;
  record: SpaceRecord | null;
}

/**
 * Wake-ups for the readers of this process, from its own commits and from messages that carry a place, never a truth. A
 * listener's first rings come when its channels are heard, so nothing falls in between.
 */
export class Wakes {
  readonly #parts: WakesParts;
  readonly #wakeUps = new WakeUps();
  readonly #subscriptions: Subscriptions;
  readonly #followed = new Map<SpaceId, Followed>();
  readonly #told = new LRUCache<string, Telling>({ max: HALF_TOLD });
  #closed = false;

  constructor(parts: WakesParts) {
    this.#parts = parts;
    this.#subscriptions = new Subscriptions({
      ...parts,
      onMessage: (message) => this.#message(message),
      onHeard: (channel) => this.#heard(channel),
    });
  }

  listen(space: SpaceId, signal: AbortSignal): WakeUpListener {
    const followed = this.#followed.get(space) ?? { listeners: new Set(), starting: new Set(), record: null };
    this.#followed.set(space, followed);
    let listener: WakeUpListener | null = null;
    const onEnd = (): void => this.#leave(space, followed, listener);
    listener = this.#wakeUps.listen(space, 0, signal, onEnd);
    if (signal.aborted || this.#closed) return listener;
    followed.listeners.add(listener);
    followed.starting.add(listener);
    void this.#follow(space, followed);
    return listener;
  }

  /** A commit of this process made the log of a shard grow. */
  grown(space: SpaceId, shard: number, offset: number): void {
    if (this.#followed.has(space)) this.#tell('commit', space, shard, offset);
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#wakeUps.close();
    await this.#subscriptions.close();
  }

  /** Listens where the space is; if it does not exist yet, where it will be announced. Never throws. */
  async #follow(space: SpaceId, followed: Followed): Promise<void> {
    const { directory, keys } = this.#parts;
    followed.record ??= directory.remembered(space);
    if (followed.record === null) {
      this.#subscriptions.want(keys.space(space).channel);
      // Who cannot be asked now is asked again when the channel is heard.
      followed.record = await directory.find(space).catch(() => null);
    }
    if (followed.listeners.size === 0) return;
    for (const channel of this.#channels(space, followed)) this.#subscriptions.want(channel);
    this.#start(space, followed);
  }

  #start(space: SpaceId, followed: Followed): void {
    const { record, starting } = followed;
    if (
      record === null ||
      !this.#channels(space, followed).every((channel) => this.#subscriptions.hears(channel))
    )
      return;
    for (const listener of starting) {
      for (let shard = 0; shard < record.shards; shard++) listener.ring(shard);
    }
    starting.clear();
  }

  /** `listener` is null if it ended before it began. */
  #leave(space: SpaceId, followed: Followed, listener: WakeUpListener | null): void {
    if (listener !== null) {
      followed.listeners.delete(listener);
      followed.starting.delete(listener);
    }
    if (followed.listeners.size > 0) return;
    this.#followed.delete(space);
    const others = new Set(
      [...this.#followed].flatMap(([other, its]) => [
        this.#parts.keys.space(other).channel,
        ...this.#channels(other, its),
      ]),
    );
    for (const channel of [this.#parts.keys.space(space).channel, ...this.#channels(space, followed)])
      if (!others.has(channel)) this.#subscriptions.unwant(channel);
  }

  /** A channel is heard (again): what it said before is not known. */
  #heard(channel: string): void {
    for (const [space, followed] of this.#followed) {
      if (followed.record === null) {
        if (this.#parts.keys.space(space).channel === channel) void this.#follow(space, followed);
        continue;
      }
      for (let shard = 0; shard < followed.record.shards; shard++) {
        if (this.#parts.keys.shard(space, shard).channel === channel) this.#ringStarted(followed, shard);
      }
      this.#start(space, followed);
    }
  }

  #ringStarted({ listeners, starting }: Followed, shard: number): void {
    for (const listener of listeners) if (!starting.has(listener)) listener.ring(shard);
  }

  /** `OFFSET SHARD SPACE`, or `0 meta SPACE` for a space that was made. */
  #message(message: string): void {
    const [, offset = '', place = '', name = ''] = /^(\S+) (\S+) ([^]*)$/.exec(message) ?? [];
    const space = spaceId(name);
    const followed = this.#followed.get(space);
    if (followed === undefined) return;
    if (place === 'meta') void this.#follow(space, followed);
    else this.#tell('message', space, Number(place), Number(offset));
  }

  /** A change is told twice if it is our own: it rings once. One that is told twice alike is of a log that began anew. */
  #tell(by: Telling, space: SpaceId, shard: number, offset: number): void {
    const key = `${offset} ${shard} ${space}`;
    const before = this.#told.get(key);
    if (before !== undefined && before !== by) {
      this.#told.delete(key);
      return;
    }
    this.#told.set(key, by);
    this.#wakeUps.ring(space, shard);
  }

  #channels(space: SpaceId, { record }: Followed): readonly string[] {
    const shards = Array.from({ length: record?.shards ?? 0 }, (_, shard) => shard);
    return [...new Set(shards.map((shard) => this.#parts.keys.shard(space, shard).channel))];
  }
}
