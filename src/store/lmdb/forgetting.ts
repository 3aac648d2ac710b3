import { lastOffset } from '../../domain/feed.js';
import type { Pseudonym, SpaceId } from '../../domain/ids.js';
import { spaceId } from '../../domain/ids.js';
import type { StoredUser } from '../../domain/user-record.js';
import { encodeMark } from '../codec/batch.js';
import { forgottenMark } from '../../util/forgotten-mark.js';
import { readFed } from './batch-records.js';
import type { Environment } from './environment.js';
import type { Remembering } from './eras.js';
import { aliasOf, readEra, writeEra } from './eras.js';
import { logs, textAfter, userKeys } from './keys.js';
import { appendTo, readBounds } from './log-records.js';
import type { Writing } from './records.js';
import { countOf } from '../count-of.js';
import { userRecords } from './user-records.js';

/** Keys that one transaction removes or looks at, so that others do not wait for long. */
const BATCH = 1_000;

export interface ForgettingParts {
  readonly environment: Environment;
  readonly feedRetention: number;
  readonly remembering: () => Remembering;
  readonly newAlias: () => Pseudonym;
}

/**
 * Forgets users, a batch of keys after the other: first the era changes, which keeps every writer out; then the feeds are
 * cleared, which the user's own keys lead to; then those go. Whatever is cut off in between is taken up again.
 */
export class Forgetting {
  readonly #parts: ForgettingParts;
  /** Of each user the one that runs last. */
  readonly #running = new Map<Pseudonym, Promise<unknown>>();

  constructor(parts: ForgettingParts) {
    this.#parts = parts;
  }

  meet(user: Pseudonym): Promise<StoredUser> {
    const { environment, remembering, newAlias } = this.#parts;
    return this.#alone(user, async () => {
      const { era, isUnfinished } = await environment.read((records) =>
        readEra(records, user, remembering()),
      );
      if (isUnfinished) await this.#finish(user, era, NOTHING);
      const alias = await environment.write((records) => aliasOf(records, user, era, newAlias));
      return { era, alias };
    });
  }

  forget(user: Pseudonym, cleared: Cleared = NOTHING): Promise<number> {
    const { environment, remembering } = this.#parts;
    return this.#alone(user, async () => {
      const era = await environment.write((records) => {
        const now = remembering();
        const next = Math.max(now.nowMs, readEra(records, user, now).era + 1);
        writeEra(records, user, { era: next, isUnfinished: true }, now);
        return next;
      });
      const removed = await countOf(userRecords(environment, user));
      await this.#finish(user, era, cleared);
      return removed;
    });
  }

  async #finish(user: Pseudonym, era: number, cleared: Cleared): Promise<void> {
    const { environment, remembering } = this.#parts;
    const contexts = userKeys(user, 'x');
    const found = await environment.read((records) => records.keys({ ...contexts, limit: MAX_SPACES }));
    for (const key of found) {
      const space = spaceId(textAfter(contexts.start, key));
      await this.#clearFeed(user, space);
      await cleared(space);
    }
    while ((await environment.write((records) => removeSome(records, user))) === BATCH);
    await environment.write((records) =>
      writeEra(records, user, { era, isUnfinished: false }, remembering()),
    );
  }

  async #clearFeed(user: Pseudonym, space: SpaceId): Promise<void> {
    const { environment, feedRetention } = this.#parts;
    const log = logs.feed(space);
    for (let after: number | null = 0; after !== null; ) {
      const from: number = after;
      after = await environment.write((records) => {
        const page = readFed(records, space, from, BATCH);
        for (const entry of page.entries) if (entry.user === user) records.remove(log.entry(entry.offset));
        if (page.entries.length + page.forgotten.length === BATCH) return lastOffset(page);
        const value = encodeMark(forgottenMark(user));
        if (page.high > 0)
          appendTo(records, log, readBounds(records, log), { value, retention: feedRetention });
        return null;
      });
    }
  }

  /** One after the other for the same user. */
  async #alone<T>(user: Pseudonym, work: () => Promise<T>): Promise<T> {
    const before = this.#running.get(user) ?? Promise.resolve();
    const mine = before.then(work, work);
    this.#running.set(user, mine);
    try {
      return await mine;
    } finally {
      if (this.#running.get(user) === mine) this.#running.delete(user);
    }
  }
}

type Cleared = (space: SpaceId) => Promise<void>;
const NOTHING: Cleared = () => Promise.resolve();

/** Removes some keys of the user; fewer than BATCH: they were the last. */
function removeSome(records: Writing, user: Pseudonym): number {
  const found = records.keys({ ...userKeys(user), limit: BATCH });
  for (const key of found) records.remove(key);
  return found.length;
}

/** More than a user has contexts in. */
const MAX_SPACES = 2 ** 31;
