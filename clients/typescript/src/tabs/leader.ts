import type { OnHolding } from '../buffer.js';
import type { Foresync } from '../client.js';
import { noCounts } from '../device.js';
import type { ForesyncClientError } from '../errors.js';
import type { ForesyncEvent } from '../events.js';
import { itemKey } from '../ids.js';
import { soon } from '../soon.js';
import type { Held, Outcome, Picture, TabCall, TabMessage } from './messages.js';
import { perform } from './perform.js';
import { wireError } from './wire-error.js';

export interface LeaderOptions {
  readonly id: string;
  readonly spaces: readonly string[];
  readonly post: (message: TabMessage) => void;
  /** For this tab's own listeners. */
  readonly onEvent: (event: ForesyncEvent) => void;
}

/** The tab that has the stream and the buffer: it serves the others, and tells them what it hears. */
export class Leader {
  readonly #options: LeaderOptions;
  readonly #held = new Map<string, Held>();
  #client: Foresync | undefined;
  #error: ForesyncClientError | undefined;
  #pictureDue = false;

  constructor(options: LeaderOptions) {
    this.#options = options;
  }

  /** Of the buffer, from before the client is there. */
  readonly onHolding: OnHolding = (space, item, holding) => {
    const held = holding === undefined ? null : { checkpoint: holding.checkpoint, stale: holding.stale };
    if (held === null) this.#held.delete(itemKey(space, item));
    else this.#held.set(itemKey(space, item), held);
    if (this.#client === undefined) return;
    this.#options.post({ kind: 'held', space, item, held });
    this.#pictureSoon();
  };

  /** Begins to lead. */
  lead(client: Foresync): void {
    this.#client = client;
    void this.#tellEvents(client);
    this.announce();
  }

  announce(): void {
    const { id, spaces, post } = this.#options;
    if (this.#client === undefined) return;
    post({ kind: 'leads', leader: id, spaces, picture: this.picture, held: [...this.#held.values()] });
  }

  get picture(): Picture {
    const state = this.#client?.state ?? 'connecting';
    const error = state === 'stopped' && this.#error !== undefined ? wireError(this.#error) : null;
    return { state, error, stats: this.#client?.stats ?? { ...noCounts(), held: { items: 0, bytes: 0 } } };
  }

  held(space: string, item: string): Held | undefined {
    return this.#held.get(itemKey(space, item));
  }

  /** Does what a tab asks for. Never rejects. */
  async perform(call: TabCall): Promise<Outcome> {
    try {
      if (this.#client === undefined) throw new Error('who does not lead yet performs nothing');
      return { ok: true, value: await perform(this.#client, call) };
    } catch (thrown) {
      return { ok: false, error: wireError(thrown) };
    } finally {
      this.#pictureSoon();
    }
  }

  async #tellEvents(client: Foresync): Promise<void> {
    for await (const event of client.events()) {
      const error = 'error' in event ? event.error : undefined;
      if (event.kind === 'connection') this.#error = error;
      const { error: _error, ...plain } = { error: undefined, ...event };
      // What is told is the event without its error, which travels beside it.
      const wire = plain as ForesyncEvent;
      this.#options.post({
        kind: 'event',
        event: wire,
        error: error === undefined ? null : wireError(error),
      });
      this.#pictureSoon();
      this.#options.onEvent(event);
    }
  }

  #pictureSoon(): void {
    if (this.#pictureDue || this.#client === undefined) return;
    this.#pictureDue = true;
    soon(() => {
      this.#pictureDue = false;
      this.#options.post({ kind: 'picture', picture: this.picture });
    });
  }
}
