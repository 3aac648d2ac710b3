import type { Told } from './drawn.js';
import type { Parcel } from './parcel.js';

/** An event whose acknowledgement means something. */
export type Sent =
  | { readonly kind: 'parcel'; readonly delivery: number; readonly parcel: Parcel }
  | { readonly kind: 'metadata'; readonly delivery: number }
  | { readonly kind: 'truth'; readonly delivery: number; readonly told: Told }
  | { readonly kind: 'position'; readonly delivery: number };

/**
 * Numbers everything that is sent, 1, 2, 3, …, and remembers until the cumulative acknowledgement what it will mean.
 * Bounded: pushes by the outbox's bounds, answers and truths by what a device may have open, one position at a time.
 */
export class InFlight {
  #sent: Sent[] = [];
  /** Entries of `#sent` before it are settled. */
  #first = 0;
  #last = 0;
  #acknowledged = 0;

  /** Number of the last event. */
  get last(): number {
    return this.#last;
  }

  get allAcknowledged(): boolean {
    return this.#acknowledged === this.#last;
  }

  next(): number {
    return ++this.#last;
  }

  remember(sent: Sent): void {
    this.#sent.push(sent);
  }

  /** What the device has stored by acknowledging everything up to `delivery`; nothing if it says nothing new. */
  acknowledge(delivery: number): readonly Sent[] {
    if (delivery <= this.#acknowledged) return [];
    this.#acknowledged = delivery;
    const from = this.#first;
    while ((this.#sent[this.#first]?.delivery ?? Number.POSITIVE_INFINITY) <= delivery) this.#first++;
    const settled = this.#sent.slice(from, this.#first);
    this.#compact();
    return settled;
  }

  /** Contents that are wholly on the wire, oldest first. */
  *parcels(): Generator<{ readonly delivery: number; readonly parcel: Parcel }> {
    for (let index = this.#first; index < this.#sent.length; index++) {
      const sent = this.#sent[index];
      if (sent?.kind === 'parcel') yield sent;
    }
  }

  #compact(): void {
    if (this.#first < 32 && this.#first < this.#sent.length) return;
    this.#sent = this.#sent.slice(this.#first);
    this.#first = 0;
  }
}
