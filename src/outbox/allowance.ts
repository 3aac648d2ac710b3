const HOUR_MS = 60 * 60 * 1000;

/**
 * The bytes of unasked content that a device admits: it may spend an hour's worth at once, and what is spent comes
 * back evenly within an hour. Without a cap the allowance is infinite.
 */
export class Allowance {
  #perHour = 0;
  #left = 0;
  #asOfMs = 0;

  /** Sets the cap, 0 = none. A new cap starts full; the same cap goes on as it stands. */
  cap(bytesPerHour: number, nowMs: number): void {
    if (bytesPerHour === this.#perHour) return;
    this.#perHour = bytesPerHour;
    this.#left = bytesPerHour;
    this.#asOfMs = nowMs;
  }

  /** Bytes that may be spent now, never negative. A clock that goes back earns nothing. */
  at(nowMs: number): number {
    if (this.#perHour === 0) return Number.POSITIVE_INFINITY;
    const earned = (Math.max(0, nowMs - this.#asOfMs) / HOUR_MS) * this.#perHour;
    this.#left = Math.min(this.#perHour, this.#left + earned);
    this.#asOfMs = Math.max(this.#asOfMs, nowMs);
    return Math.max(0, this.#left);
  }

  spend(bytes: number): void {
    this.#left -= bytes;
  }

  /** Bytes that were spent and never sent. */
  refund(bytes: number): void {
    this.#left = Math.min(this.#perHour, this.#left + bytes);
  }
}
