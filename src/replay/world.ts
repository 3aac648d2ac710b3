import { createHash } from 'node:crypto';
import {
  dataHash,
  pseudonym,
  type DataHash,
  type ItemId,
  type Pseudonym,
  type SpaceId,
  type UserId,
} from '../domain/ids.js';
import type { Change, Head } from '../domain/item.js';
import type { Trace } from './trace-types.js';

/** What an item is at a moment of the replay. */
export interface Content {
  readonly item: ItemId;
  readonly dataHash: DataHash;
  readonly bytes: number;
}

/**
 * The contents of a replay as the trace makes them: revisions without bytes, as large as the trace says. An item that
 * no event creates is put right before its first need, by nobody, so that nothing of the future shows.
 */
export class World {
  readonly #trace: Trace;
  readonly #space: SpaceId;
  readonly #heads = new Map<ItemId, Head & { readonly dataHash: DataHash }>();
  #changes = 0;

  constructor(trace: Trace, space: SpaceId) {
    this.#trace = trace;
    this.#space = space;
  }

  /** The item's content; it must exist. */
  content(item: ItemId): Content {
    const head = this.#heads.get(item);
    if (head === undefined) throw new RangeError(`item ${item} does not exist yet`);
    return { item, dataHash: head.dataHash, bytes: head.sizeBytes };
  }

  /** Makes sure that the item exists: the change that put it, null if it was there. */
  need(item: ItemId, timeMs: number): Change | null {
    return this.#heads.has(item) ? null : this.#change(item, timeMs, null, []);
  }

  /** A user writes a new content. */
  write(item: ItemId, timeMs: number, writer: UserId): Change {
    return this.#change(item, timeMs, pseudonym(writer), []);
  }

  /** A new content from outside, for some users. */
  outside(item: ItemId, timeMs: number, users: readonly UserId[]): Change {
    return this.#change(
      item,
      timeMs,
      null,
      users.map((user) => pseudonym(user)),
    );
  }

  #change(item: ItemId, timeMs: number, writer: Pseudonym | null, audience: readonly Pseudonym[]): Change {
    const before = this.#heads.get(item);
    this.#changes += 1;
    const head = {
      item,
      shard: 0,
      version: this.#changes,
      dataHash: hashOf(item, this.#changes),
      sizeBytes: this.#trace.sizeOf(item),
      timestampMs: timeMs,
      edges: before?.edges ?? this.#edges(item),
    };
    this.#heads.set(item, head);
    const previousHash = before?.dataHash ?? null;
    return { space: this.#space, epoch: 'replay', head, previousHash, writer, audience };
  }

  #edges(item: ItemId): Head['edges'] {
    return (this.#trace.relations.get(item) ?? []).map((target) => ({ item: target, kind: 'link' }));
  }
}

function hashOf(item: ItemId, change: number): DataHash {
  return dataHash(createHash('sha256').update(`${change} ${item}`).digest('hex'));
}
