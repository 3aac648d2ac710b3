import { LRUCache } from 'lru-cache';
import type { Pseudonym } from '../../domain/ids.js';
import { forgottenMark } from '../../util/forgotten-mark.js';
import { BRING_MARK, COPIED_MARK, DROP_KEY } from './lua/archive.js';
import { listOf, textOf, wholeOf } from './replies.js';
import type { Reaching } from './user-records.js';

/** Users who were looked for already; one more is looked for again. */
const REMEMBERED = 100_000;

/**
 * A mark does not tell whose it is, so whoever copies a store cannot bring it to the user's slot, where scripts look. It waits
 * in a slot of its own until the user is met: every session begins with that.
 */
export class CopiedMarks {
  readonly #reaching: Reaching;
  readonly #brought = new LRUCache<Pseudonym, true>({ max: REMEMBERED });

  constructor(reaching: Reaching) {
    this.#reaching = reaching;
  }

  /** Brings a user's mark to their slot, if one waits. Each step can be repeated. */
  async bring(user: Pseudonym): Promise<void> {
    if (this.#brought.has(user)) return;
    const { router, keys } = this.#reaching;
    const waits = keys.copiedMark(forgottenMark(user));
    const found = listOf((await router.run({ script: COPIED_MARK, keys: [waits], args: [] })).reply);
    const [era = null, until] = found;
    if (era !== null) {
      const args = [textOf(era), wholeOf(until)];
      await router.run({ script: BRING_MARK, keys: [keys.user(user).mark], args });
      await router.run({ script: DROP_KEY, keys: [waits], args: [] });
    }
    this.#brought.set(user, true);
  }
}
