import { ForesyncError } from '../domain/errors.js';
import type { Pseudonym, SpaceId } from '../domain/ids.js';
import type { Store } from '../domain/store-port.js';
import { forgottenMark } from '../util/forgotten-mark.js';
import type { SessionObserver } from './observer.js';
import type { Registry } from './registry.js';
import type { Spaces } from './space/spaces.js';

export interface ForgettingParts {
  readonly store: Pick<Store, 'spaces' | 'users'>;
  readonly registry: Registry;
  readonly spaces: Spaces;
  readonly observer: SessionObserver;
}

/** Forgets users, here and in the store; what other nodes know of them goes when they read of it in the feeds. */
export class Forgetting {
  readonly #parts: ForgettingParts;

  constructor(parts: ForgettingParts) {
    this.#parts = parts;
  }

  /**
   * Ends the user's sessions, removes all that is kept of them, and answers how many records that were. Throws
   * STORE_UNAVAILABLE: what is left then goes with the next call.
   */
  async forget(user: Pseudonym): Promise<number> {
    const { store } = this.#parts;
    this.#drop(user);
    const removed = await store.users.forget(user, (space) => this.#clear(space, user));
    // Who came while it was going on came too early.
    this.#drop(user);
    return removed;
  }

  /** Another node forgot somebody: sessions of an earlier era of theirs end here too. */
  async read(mark: string): Promise<void> {
    const { store, registry, observer } = this.#parts;
    const found = [...registry.all()].filter(({ presence }) => forgottenMark(presence.user) === mark);
    for (const session of found) {
      try {
        const { era } = await store.users.meet(session.presence.user);
        if (session.presence.era !== era) session.end({ kind: 'forgotten' });
      } catch (thrown) {
        // The next thing that it writes ends it.
        observer.fault('tail', ForesyncError.from(thrown), null);
      }
    }
  }

  #drop(user: Pseudonym): void {
    const { registry, spaces } = this.#parts;
    for (const session of registry.all())
      if (session.presence.user === user) session.end({ kind: 'forgotten' });
    for (const { heart } of spaces.ready) heart.forget(user);
  }

  /** What a space learned is saved anew, without the user. */
  async #clear(space: SpaceId, user: Pseudonym): Promise<void> {
    const { store, spaces } = this.#parts;
    const meta = await store.spaces.meta(space);
    if (meta === null) return;
    const lease = await spaces.lease(space, meta.shards);
    try {
      lease.live.heart.forget(user);
      await lease.live.feed?.caughtUp();
      await lease.live.heart.save();
    } finally {
      lease.release();
    }
  }
}
