import { ForesyncError } from '../../domain/errors.js';
import { inOrder, lastOffset } from '../../domain/feed.js';
import type { SpaceId } from '../../domain/ids.js';
import type { FeedEntry, ForgottenMark, SpaceStore } from '../../domain/store-port.js';
import { Bell } from '../../util/bell.js';
import type { Timer } from '../timer.js';

export interface FeedTailDeps {
  readonly spaces: Pick<SpaceStore, 'readFeed'>;
  readonly timer: Timer;
  /** How often the feed is read: what other nodes applied is known here at most this much later. */
  readonly pollMs: number;
  readonly pageSize: number;
  /** The feed could not be read; it is read again at the next turn. */
  onFault(error: ForesyncError): void;
}

/** Who hears of a feed. */
export interface FeedReader {
  /** Must not throw. */
  applied(entry: FeedEntry): Promise<void>;
  /** Must not throw. */
  forgotten(mark: ForgottenMark): Promise<void>;
  /** At the end of each turn. What it throws is a fault like that of the feed. */
  turned(): Promise<void>;
}

/**
 * Follows the activity feed of a space that several nodes serve, entry by entry. What is lost of a feed is not waited for:
 * it teaches, and no truth depends on it. Memory: one page.
 */
export class FeedTail {
  readonly #space: SpaceId;
  readonly #deps: FeedTailDeps;
  readonly #turn = new Bell();
  readonly #done = new Bell();
  #after: number;
  #asked = 0;
  #answered = 0;
  #ended = false;

  /** Follows what comes after this offset. */
  constructor(space: SpaceId, after: number, deps: FeedTailDeps) {
    this.#space = space;
    this.#after = after;
    this.#deps = deps;
  }

  /** Tells entries and marks, in order, until the signal is aborted. */
  async run(reader: FeedReader, signal: AbortSignal): Promise<void> {
    const stop = this.#deps.timer.every(this.#deps.pollMs, () => this.#turn.ring());
    signal.addEventListener('abort', () => this.#turn.ring(), { once: true });
    try {
      while (!signal.aborted) {
        if (this.#answered === this.#asked) await this.#turn.next();
        const asked = this.#asked;
        await this.#read(reader, signal);
        this.#answered = asked;
        this.#done.ring();
      }
    } finally {
      stop();
      this.#ended = true;
      this.#done.ring();
    }
  }

  /** Resolves when everything that was in the feed when this was called is applied, or could not be read. */
  async caughtUp(): Promise<void> {
    const mine = ++this.#asked;
    this.#turn.ring();
    while (!this.#ended && this.#answered < mine) await this.#done.next();
  }

  async #read(reader: FeedReader, signal: AbortSignal): Promise<void> {
    try {
      for (let more = true; more && !signal.aborted; ) {
        const page = await this.#deps.spaces.readFeed(this.#space, this.#after, this.#deps.pageSize);
        for (const one of inOrder(page)) {
          await ('mark' in one ? reader.forgotten(one) : reader.applied(one));
          this.#after = one.offset;
        }
        // A feed that was lost begins anew.
        if (page.high < this.#after) this.#after = page.high;
        more = lastOffset(page) !== null && this.#after < page.high;
      }
      if (!signal.aborted) await reader.turned();
    } catch (thrown) {
      if (!signal.aborted) this.#deps.onFault(ForesyncError.from(thrown));
    }
  }
}
