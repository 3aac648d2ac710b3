/**
 * Wakes those who wait, again and again: `next` resolves at the next `ring`, never because of an earlier one. Whoever
 * waits checks first, so nothing is missed, and checks again when woken, so a ring too many does no harm.
 */
export class Bell {
  #next: Promise<void> | null = null;
  #resolve: (() => void) | null = null;

  /** Wakes everybody who waits now. Costs nothing if nobody does. */
  ring(): void {
    const resolve = this.#resolve;
    this.#next = null;
    this.#resolve = null;
    resolve?.();
  }

  /** The next ring. */
  next(): Promise<void> {
    this.#next ??= new Promise((resolve) => {
      this.#resolve = resolve;
    });
    return this.#next;
  }
}
