/** One candidate as the price sees it. */
export interface Offer {
  readonly value: number;
  readonly bytes: number;
}

/** A window of more plans keeps the newest of them and scales its earnings alike (REPLAY.md, "Price"). */
export const WINDOW = { most: 1500, kept: 900 } as const;

/** The best offers of the last plans, and what was earned meanwhile. At most `WINDOW.most` plans. */
export class PriceWindow {
  #plans: (readonly Offer[])[] = [];
  #earned = 0;

  get earned(): number {
    return this.#earned;
  }

  earn(bytes: number): void {
    this.#earned += bytes;
  }

  add(offers: readonly Offer[]): void {
    this.#plans.push(offers);
    if (this.#plans.length <= WINDOW.most) return;
    this.#plans = this.#plans.slice(-WINDOW.kept);
    this.#earned *= WINDOW.kept / WINDOW.most;
  }

  /** The value at which the offers, best first, add up to so many bytes; −∞ if all of them do not. */
  valueAt(bytes: number): number {
    const offers = this.#plans.flat();
    const values = Float64Array.from(offers, ({ value }) => value).sort();
    if (bytesFrom(offers, -Infinity) < bytes || values.length === 0) return -Infinity;
    // The highest value whose offers and better ones suffice: bytesFrom falls as the value rises.
    let enough = 0;
    for (let tooHigh = values.length; tooHigh - enough > 1; ) {
      const middle = (enough + tooHigh) >> 1;
      if (bytesFrom(offers, values[middle] ?? Infinity) >= bytes) enough = middle;
      else tooHigh = middle;
    }
    return values[enough] ?? -Infinity;
  }
}

function bytesFrom(offers: readonly Offer[], lowest: number): number {
  let sum = 0;
  for (const { value, bytes } of offers) if (value >= lowest) sum += bytes;
  return sum;
}
