import type { Pseudonym, SpaceId } from '../../domain/ids.js';
import type { StoredUser, UserRecord } from '../../domain/user-record.js';
import { forgottenFailure } from '../failures.js';
import { forgottenMark } from '../../util/forgotten-mark.js';
import type { StoreLimits } from '../options.js';
import type { BoundedLog } from './bounded-log.js';
import type { Fed } from './feed-page.js';
import { User } from './user.js';

export interface PeopleParts {
  readonly limits: StoreLimits;
  readonly now: () => number;
  readonly newAlias: () => Pseudonym;
  readonly feed: (space: SpaceId) => BoundedLog<Fed>;
}

/** Who there is in the memory store, and who was forgotten. */
export class People {
  readonly #parts: PeopleParts;
  readonly #users = new Map<Pseudonym, User>();
  /** When they were forgotten, by their marks; those forgotten first come first. */
  readonly #eras = new Map<string, number>();

  constructor(parts: PeopleParts) {
    this.#parts = parts;
  }

  /** The user, or nothing known of them yet. */
  get(user: Pseudonym): User {
    return this.#users.get(user) ?? new User(this.#parts.limits, this.#era(user));
  }

  /** To write to. Throws FORGOTTEN for a writer of another era. */
  open(user: Pseudonym, era = 0): User {
    const known = this.get(user);
    if (known.era !== era) throw forgottenFailure();
    return known;
  }

  keep(user: Pseudonym, state: User): void {
    this.#users.set(user, state);
  }

  meet(user: Pseudonym): StoredUser {
    const known = this.get(user);
    known.alias ??= this.#parts.newAlias();
    this.keep(user, known);
    return { era: known.era, alias: known.alias };
  }

  /** All that is kept of a user. */
  *records(user: Pseudonym): Generator<UserRecord> {
    const known = this.get(user);
    yield* known.records();
    for (const space of known.spaces) yield* this.#fed(space, user);
  }

  /** Removes it, and answers how much that was. */
  forget(user: Pseudonym): { readonly removed: number; readonly spaces: readonly SpaceId[] } {
    const removed = [...this.records(user)].length;
    const mark = forgottenMark(user);
    const era = Math.max(this.#parts.now(), this.#era(user) + 1);
    const spaces = [...this.get(user).spaces];
    for (const space of spaces) {
      const feed = this.#parts.feed(space);
      feed.remove((entry) => 'user' in entry && entry.user === user);
      feed.append({ mark });
    }
    this.#users.delete(user);
    this.#eras.delete(mark);
    this.#eras.set(mark, era);
    return { removed, spaces };
  }

  *#fed(space: SpaceId, user: Pseudonym): Generator<UserRecord> {
    const feed = this.#parts.feed(space);
    for (const { offset, entry } of feed.after(0, feed.high))
      if ('user' in entry && entry.user === user)
        yield { kind: 'fed', offset, device: entry.device, batch: entry.batch };
  }

  #era(user: Pseudonym): number {
    const tooOld = this.#parts.now() - this.#parts.limits.forgottenMs;
    for (const [mark, era] of this.#eras) {
      if (era > tooOld) break;
      this.#eras.delete(mark);
    }
    return this.#eras.size === 0 ? 0 : (this.#eras.get(forgottenMark(user)) ?? 0);
  }
}
