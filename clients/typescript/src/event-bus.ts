import { AsyncQueue } from './async-queue.js';
import type { ForesyncEvent } from './events.js';

/** Events that wait for one slow listener; beyond them its oldest go, and an `overflow` event says how many. */
const MAX_WAITING = 1024;

/** Hands each event to everyone who listens at that moment. */
export class EventBus {
  readonly #listeners = new Set<Listener>();
  #closed = false;

  publish(event: ForesyncEvent): void {
    for (const listener of this.#listeners) listener.queue.push(event);
  }

  /** Listens from now on, until the signal fires, the bus closes, or the reader leaves its loop. */
  listen(signal?: AbortSignal): AsyncIterable<ForesyncEvent> {
    const listener = new Listener();
    const leave = (): void => {
      this.#listeners.delete(listener);
      signal?.removeEventListener('abort', leave);
      listener.queue.end();
    };
    if (this.#closed || signal?.aborted === true) listener.queue.end();
    else {
      this.#listeners.add(listener);
      signal?.addEventListener('abort', leave, { once: true });
    }
    return listener.read(leave);
  }

  close(): void {
    this.#closed = true;
    for (const { queue } of this.#listeners) queue.end();
    this.#listeners.clear();
  }
}

class Listener {
  readonly queue = new AsyncQueue<ForesyncEvent>(MAX_WAITING, () => this.#missed++);
  #missed = 0;

  async *read(leave: () => void): AsyncGenerator<ForesyncEvent, void, undefined> {
    try {
      for await (const event of this.queue) {
        const missed = this.#missed;
        this.#missed = 0;
        if (missed > 0) yield { kind: 'overflow', missed };
        yield event;
      }
    } finally {
      leave();
    }
  }
}
