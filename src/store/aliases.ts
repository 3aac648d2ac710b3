import { LRUCache } from 'lru-cache';
import type { Pseudonym } from '../domain/ids.js';
import type { Change } from '../domain/item.js';
import type { LogPage, SpaceStore, UserStore } from '../domain/store-port.js';
import type { StoredUser } from '../domain/user-record.js';

/** Users of whom a store handle knows the alias; beyond it the longest unused are not recognised as writers any more. */
const KNOWN = 262_144;

/**
 * Change logs outlive the users who wrote them, and cannot be searched for them. So what is kept there is an alias, which
 * leads to the user only by what is forgotten with them. A handle recognises those whom it met: whoever is connected here.
 */
export class Aliases {
  readonly #users: Pick<UserStore, 'meet'>;
  readonly #byAlias = new Map<Pseudonym, Pseudonym>();
  readonly #byUser = new LRUCache<Pseudonym, Pseudonym>({
    max: KNOWN,
    dispose: (alias) => this.#byAlias.delete(alias),
  });

  constructor(users: Pick<UserStore, 'meet'>) {
    this.#users = users;
  }

  async meet(user: Pseudonym): Promise<StoredUser> {
    const known = await this.#users.meet(user);
    this.#byUser.set(user, known.alias);
    this.#byAlias.set(known.alias, user);
    return known;
  }

  forgotten(user: Pseudonym): void {
    this.#byUser.delete(user);
  }

  async of(user: Pseudonym): Promise<Pseudonym> {
    return this.#byUser.get(user) ?? (await this.meet(user)).alias;
  }

  /** The change with those whom this handle knows by name. */
  named(change: Change): Change {
    const { writer, audience } = change;
    if (writer === null && audience.length === 0) return change;
    const name = (alias: Pseudonym): Pseudonym => this.#byAlias.get(alias) ?? alias;
    return { ...change, writer: writer === null ? null : name(writer), audience: audience.map(name) };
  }
}

/** Spaces whose logs have aliases. */
export function aliasedSpaces(inner: SpaceStore, aliases: Aliases): SpaceStore {
  return {
    ensure: (space, shards) => inner.ensure(space, shards),
    meta: (space) => inner.meta(space),
    commit: async (request) => {
      const { writer, audience } = request;
      const [by, to] = await Promise.all([
        writer === null ? null : aliases.of(writer),
        Promise.all(audience.map((user) => aliases.of(user))),
      ]);
      const result = await inner.commit({ ...request, writer: by, audience: to });
      return result.kind === 'conflict' ? result : { ...result, change: aliases.named(result.change) };
    },
    head: (space, item) => inner.head(space, item),
    heads: (space, items) => inner.heads(space, items),
    list: (space, prefix, after, limit) => inner.list(space, prefix, after, limit),
    bounds: (space, shard) => inner.bounds(space, shard),
    readLog: async (space, shard, after, limit): Promise<LogPage> => {
      const page = await inner.readLog(space, shard, after, limit);
      if (page.kind === 'compacted') return page;
      return { ...page, changes: page.changes.map((change) => aliases.named(change)) };
    },
    wakeUps: (space, signal) => inner.wakeUps(space, signal),
    readFeed: (space, after, limit) => inner.readFeed(space, after, limit),
    tell: (space, teller, bytes) => inner.tell(space, teller, bytes),
    readLessons: (space, after, limit) => inner.readLessons(space, after, limit),
    saveSnapshot: (space, name, offset, bytes) => inner.saveSnapshot(space, name, offset, bytes),
    loadSnapshot: (space, name) => inner.loadSnapshot(space, name),
  };
}
