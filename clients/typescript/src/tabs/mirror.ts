import type { Deferred } from '../deferred.js';
import { deferred } from '../deferred.js';
import { itemKey } from '../ids.js';
import type { Held, Picture, TabMessage } from './messages.js';

/** What a tab knows of the one that leads. */
export class Mirror {
  /** Who leads, as far as this tab knows. */
  leader: string | undefined;
  picture: Picture | undefined;
  #held = new Map<string, Held>();
  /** Renewed with every change: who waits for one looks again. */
  #changed: Deferred<undefined> = deferred();

  held(space: string, item: string): Held | undefined {
    return this.#held.get(itemKey(space, item));
  }

  leads({ leader, picture, held }: Extract<TabMessage, { kind: 'leads' }>): void {
    this.leader = leader;
    this.picture = picture;
    this.#held = new Map(held.map((one) => [itemKey(one.checkpoint.space, one.checkpoint.item), one]));
    this.change();
  }

  holding({ space, item, held }: Extract<TabMessage, { kind: 'held' }>): void {
    if (held === null) this.#held.delete(itemKey(space, item));
    else this.#held.set(itemKey(space, item), held);
  }

  pictured(picture: Picture): void {
    this.picture = picture;
    this.change();
  }

  /** Resolves with the next change. */
  get changed(): Promise<undefined> {
    return this.#changed.promise;
  }

  change(): void {
    this.#changed.resolve(undefined);
    this.#changed = deferred();
  }
}
