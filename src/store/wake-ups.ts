import type { SpaceId } from '../domain/ids.js';
import { onAbort } from '../util/abort.js';
import { WakeUpListener } from './wake-up-listener.js';

/** Who waits for changes of which space, in this process. */
export class WakeUps {
  readonly #listeners = new Map<SpaceId, Set<WakeUpListener>>();
  #closed = false;

  /** Wake-ups of a space from now on; every one of its `shards` rings once at the start. `onEnd`: nobody listens any more. */
  listen(
    space: SpaceId,
    shards: number,
    signal: AbortSignal,
    onEnd: () => void = () => undefined,
  ): WakeUpListener {
    let unhook: () => void = () => undefined;
    const listener = new WakeUpListener(shards, () => {
      unhook();
      onEnd();
      this.#remove(space, listener);
    });
    this.#add(space, listener);
    unhook = onAbort(signal, () => listener.end());
    if (this.#closed) listener.close();
    return listener;
  }

  ring(space: SpaceId, shard: number): void {
    for (const listener of this.#listeners.get(space) ?? []) listener.ring(shard);
  }

  /** Ends all listeners with STORE_UNAVAILABLE, and those who come later at once. */
  close(): void {
    this.#closed = true;
    for (const listeners of this.#listeners.values()) for (const listener of [...listeners]) listener.close();
  }

  #add(space: SpaceId, listener: WakeUpListener): void {
    const listeners = this.#listeners.get(space) ?? new Set();
    this.#listeners.set(space, listeners.add(listener));
  }

  #remove(space: SpaceId, listener: WakeUpListener): void {
    const listeners = this.#listeners.get(space);
    listeners?.delete(listener);
    if (listeners?.size === 0) this.#listeners.delete(space);
  }
}
