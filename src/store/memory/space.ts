import type { ItemId, SpaceId } from '../../domain/ids.js';
import type { Change, Head } from '../../domain/item.js';
import type { SpaceMeta } from '../../domain/store-port.js';
import type { StoreLimits } from '../options.js';
import { BoundedLog } from './bounded-log.js';
import type { Fed } from './feed-page.js';
import { Lessons } from './lessons.js';
import { SortedIds } from './sorted-ids.js';

export interface Snapshot {
  readonly offset: number;
  readonly bytes: Uint8Array;
}

/** What the memory store keeps of one space. */
export class Space {
  readonly meta: SpaceMeta;
  readonly epoch: string;
  readonly feed: BoundedLog<Fed>;
  readonly lessons: Lessons;
  readonly snapshots = new Map<string, Snapshot>();
  readonly #logs: readonly BoundedLog<Change>[];
  /** Each item's last change; those of deleted items go with their entry of the log. */
  readonly #changes = new Map<ItemId, Change>();
  readonly #live = new SortedIds();

  constructor(space: SpaceId, shards: number, epoch: string, limits: StoreLimits) {
    this.meta = { space, shards };
    this.epoch = epoch;
    this.feed = new BoundedLog(limits.feedRetention);
    this.lessons = new Lessons(limits);
    this.#logs = Array.from({ length: shards }, () => new BoundedLog<Change>(limits.logRetention));
  }

  /** The log of a shard; undefined if the space has no such shard. */
  log(shard: number): BoundedLog<Change> | undefined {
    return this.#logs[shard];
  }

  /** The item's last change, a remembered delete included. */
  change(item: ItemId): Change | null {
    return this.#changes.get(item) ?? null;
  }

  /** Makes a change the newest of its item and of its shard's log. */
  append(change: Change, log: BoundedLog<Change>): void {
    const { item, dataHash } = change.head;
    this.#changes.set(item, change);
    if (dataHash === null) this.#live.remove(item);
    else this.#live.add(item);
    const oldest = log.append(change);
    if (oldest?.head.dataHash === null && this.#changes.get(oldest.head.item) === oldest) {
      this.#changes.delete(oldest.head.item);
    }
  }

  /** Heads of items that are not deleted. */
  list(prefix: string, after: string, limit: number): Head[] {
    return this.#live.page(prefix, after, limit).flatMap((item) => this.change(item)?.head ?? []);
  }
}
