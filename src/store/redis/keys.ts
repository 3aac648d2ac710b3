import { createHash } from 'node:crypto';
import type { DataHash, DeviceId, Pseudonym, SpaceId } from '../../domain/ids.js';
import { forgottenMark } from '../../util/forgotten-mark.js';
import { partitionOf } from '../shards.js';

/**
 * Where everything is. A key begins with its hash tag, so no id can leave its partition, whatever braces it has; then comes
 * an id with its length in front, so no id can be the beginning of another one's key; what varies freely is last.
 *
 *   {u:P}:N:user:          i  hash: sequences, list of the other keys   a  stream: activity log
 *                          x:space  hash: context, recurrent state      m:holder  hash: manifest
 *                          c:space  hash: checkpoints                   o:space  sorted set: their order
 *   {u:P}:d:mark           era of a user who was forgotten
 *   {d:P}:mark             the same, copied from another store: P is the mark's, because nobody knows the user's
 *   {s:P}:N:space:         meta  hash: shards, epoch                    feed  stream    fed  hash: who is in the feed
 *                          p:name  hash: snapshot                       d:mark  era of a user who was forgotten
 *                          copy  stream: feed that takes its place     les   stream    let  hash: high, bytes    ltk  list: tokens
 *   {s:P}:N:space:shard:   s  hash: epoch, high, boot    h  hash: last change of each item    l  sorted set: live items
 *                          log  stream                   r  sorted set: claims to release
 *   {b:P}:hash:            m  hash: size, since when unreferenced       c  hash: chunks       r  sorted set: claims
 *   {b:P}:                 g  sorted set: contents that nobody names    u:upload  hash: chunks of a content on its way in
 */
export class Keys {
  /** What makes the store what it is: layout and partitions. */
  readonly layout = '{foresync}:layout';
  /** How far a copy is that is being made here. */
  readonly copying = '{foresync}:copy';
  readonly #partitions: number;

  constructor(partitions: number) {
    this.#partitions = partitions;
  }

  user(user: Pseudonym): UserKeys {
    const tag = `{u:${this.#partition(user)}}`;
    return new UserKeys(`${tag}:${user.length}:${user}:`, `${tag}:d:${forgottenMark(user)}`);
  }

  space(space: SpaceId): SpaceKeys {
    const tag = `{s:${this.#partition(space)}}`;
    const place = `${tag}:${space.length}:${space}:`;
    return {
      meta: `${place}meta`,
      feed: `${place}feed`,
      fed: `${place}fed`,
      copy: `${place}copy`,
      lessons: { log: `${place}les`, state: `${place}let`, tokens: `${place}ltk` },
      snapshot: (name) => `${place}p:${name}`,
      mark: (mark) => `${place}d:${mark}`,
      channel: tag,
    };
  }

  shard(space: SpaceId, shard: number): ShardKeys {
    const tag = `{s:${this.#partition(`${shard}:${space}`)}}`;
    const place = `${tag}:${space.length}:${space}:${shard}:`;
    return {
      state: `${place}s`,
      heads: `${place}h`,
      live: `${place}l`,
      log: `${place}log`,
      releases: `${place}r`,
      channel: tag,
    };
  }

  blob(hash: DataHash): BlobKeys {
    const partition = Number.parseInt(hash.slice(0, 8), 16) % this.#partitions;
    const place = `{b:${partition}}:${hash}:`;
    return {
      partition,
      meta: `${place}m`,
      chunks: `${place}c`,
      claims: `${place}r`,
      ...this.blobs(partition),
    };
  }

  blobs(partition: number): { readonly garbage: string; readonly upload: (id: string) => string } {
    return { garbage: `{b:${partition}}:g`, upload: (id) => `{b:${partition}}:u:${id}` };
  }

  /** Of a user who was forgotten in the store that this one is a copy of. */
  copiedMark(mark: string): string {
    return `{d:${Number.parseInt(mark.slice(0, 8), 16) % this.#partitions}}:${mark}`;
  }

  #partition(text: string): number {
    return partitionOf(text, this.#partitions);
  }
}

/** Everything about one user, in one slot. */
export class UserKeys {
  /** What remains of a user who was forgotten. */
  readonly mark: string;
  readonly #place: string;

  constructor(place: string, mark: string) {
    this.#place = place;
    this.mark = mark;
  }

  get index(): string {
    return this.of('i');
  }

  get activity(): string {
    return this.of('a');
  }

  /** The key with this ending; the index lists endings. */
  of(ending: string): string {
    return this.#place + ending;
  }
}

/** Endings of a user's keys, as the index lists them. */
export const endings = {
  state: (space: SpaceId): string => `x:${space}`,
  checkpoints: (space: SpaceId): string => `c:${space}`,
  order: (space: SpaceId): string => `o:${space}`,
  manifest: (device: DeviceId, space: SpaceId): string => `m:${holderOf(device, space)}`,
};

export interface SpaceKeys {
  readonly meta: string;
  readonly feed: string;
  readonly fed: string;
  readonly copy: string;
  readonly lessons: { readonly log: string; readonly state: string; readonly tokens: string };
  readonly snapshot: (name: string) => string;
  readonly mark: (mark: string) => string;
  readonly channel: string;
}

export interface ShardKeys {
  readonly state: string;
  readonly heads: string;
  readonly live: string;
  readonly log: string;
  readonly releases: string;
  readonly channel: string;
}

export interface BlobKeys {
  readonly partition: number;
  readonly meta: string;
  readonly chunks: string;
  readonly claims: string;
  readonly garbage: string;
  readonly upload: (id: string) => string;
}

/** A device and something else of a user, in 64 digits: neither can be taken for a part of the other. */
export function holderOf(device: DeviceId, other: string): string {
  return createHash('sha256').update(`${device.length}:${device}${other}`, 'utf8').digest('hex');
}
