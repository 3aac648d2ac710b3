import type { Pseudonym, SpaceId } from '../../domain/ids.js';
import { pseudonym } from '../../domain/ids.js';
import type { UserStore } from '../../domain/store-port.js';
import type { StoredUser } from '../../domain/user-record.js';
import { encodeMark } from '../codec/batch.js';
import { forgottenMark } from '../../util/forgotten-mark.js';
import type { StoreLimits } from '../options.js';
import { holderOf } from './keys.js';
import {
  BEGIN,
  COPY_FEED,
  DROP_FROM_FEED,
  FINISH,
  MARK_FEED,
  MEET,
  REMOVE_KEYS,
  SHUT_FEED,
} from './lua/forget.js';
import { listOf, textOf, wholeOf } from './replies.js';
import { countOf } from '../count-of.js';
import type { Reaching, UserIndex } from './user-records.js';
import { FEED_PAGE, findInFeed, readIndex, userRecords } from './user-records.js';

/** Keys that one script removes, devices that it keeps out of a feed. */
const AT_ONCE = 64;

export interface ForgettingParts extends Reaching {
  readonly limits: StoreLimits;
  readonly now: () => number;
  readonly newAlias: () => Pseudonym;
}

/**
 * Forgets users. First the era changes, in the user's slot: from then on every script that writes for them refuses. Then the
 * feeds are cleared, which the user's index leads to; then their keys go, the index last. Each step may be repeated, so what
 * is cut off anywhere is finished by the next who forgets or meets them, on whatever node.
 */
export class Forgetting {
  readonly #parts: ForgettingParts;

  constructor(parts: ForgettingParts) {
    this.#parts = parts;
  }

  async meet(user: Pseudonym): Promise<StoredUser> {
    for (;;) {
      const { router, keys, newAlias } = this.#parts;
      const { index, mark } = keys.user(user);
      const { reply } = await router.run({ script: MEET, keys: [index, mark], args: [newAlias()] });
      const [era, alias] = listOf(reply).map(textOf);
      if (alias !== undefined) return { era: wholeOf(era), alias: pseudonym(alias) };
      await this.#finish(user, Number.parseInt(era ?? '', 10), NOTHING);
    }
  }

  async forget(user: Pseudonym, users: UserStore, cleared: Cleared = NOTHING): Promise<number> {
    const { router, keys, now } = this.#parts;
    const { mark } = keys.user(user);
    const era = wholeOf((await router.run({ script: BEGIN, keys: [mark], args: [now()] })).reply);
    const removed = await countOf(userRecords(this.#parts, users, user));
    await this.#finish(user, era, cleared);
    return removed;
  }

  async #finish(user: Pseudonym, era: number, cleared: Cleared): Promise<void> {
    const { router, keys, limits } = this.#parts;
    const of = keys.user(user);
    const until = era + limits.forgottenMs;
    const found = await readIndex(this.#parts, user);
    for (const space of found.spaces) {
      await this.#clearFeed(user, space, found, era, until);
      await cleared(space);
    }
    for (let from = 0; from < found.endings.length; from += AT_ONCE) {
      const some = found.endings.slice(from, from + AT_ONCE);
      const names = some.map((ending) => of.of(ending));
      await router.run({ script: REMOVE_KEYS, keys: [of.index, ...names], args: some });
    }
    await router.run({ script: FINISH, keys: [of.index, of.activity, of.mark], args: [era, until] });
  }

  async #clearFeed(
    user: Pseudonym,
    space: SpaceId,
    { sequences }: UserIndex,
    era: number,
    until: number,
  ): Promise<void> {
    const { router, keys } = this.#parts;
    const { feed, fed, copy, mark } = keys.space(space);
    const holders = [...sequences.keys()].map((device) => holderOf(device, user));
    for (let from = 0; from < Math.max(1, holders.length); from += AT_ONCE) {
      const args = [era, until, ...holders.slice(from, from + AT_ONCE)];
      await router.run({ script: SHUT_FEED, keys: [fed, mark(forgottenMark(user))], args });
    }
    for await (const found of findInFeed(this.#parts, user, space)) {
      const args = found.map(({ offset }) => `${offset}-0`);
      if (args.length > 0) await router.run({ script: DROP_FROM_FEED, keys: [feed, fed, copy], args });
    }
    for (let begins = 1; ; begins = 0) {
      const args = [begins, FEED_PAGE];
      const { reply } = await router.run({ script: COPY_FEED, keys: [feed, fed, copy], args });
      if (textOf(reply) === 'done') break;
    }
    await router.run({ script: MARK_FEED, keys: [feed, fed], args: [encodeMark(forgottenMark(user))] });
  }
}

type Cleared = (space: SpaceId) => Promise<void>;
const NOTHING: Cleared = () => Promise.resolve();
