/** One candidate as the price sees it. */
export interface Offer {
  readonly value: number;
  readonly bytes: number;
}

/** A window of more plans than `most` keeps the newest of them and scales its earnings alike. */
export interface WindowTerms {
  readonly most: number;
  readonly kept: number;
}

/** The best offers of the last plans, and what was earned meanwhile. */
export class PriceWindow {
  readonly #terms: WindowTerms;
  #plans: (readonly Offer[])[] = [];
  #earned = 0;

  constructor(terms: WindowTerms) {
    this.#terms = terms;
  }

  get earned(): number {
    return this.#earned;
  }

  earn(bytes: number): void {
    this.#earned += bytes;
  }

  add(offers: readonly Offer[]): void {
    this.#plans.push(offers);
    const { most, kept } = this.#terms;
    if (this.#plans.length <= most) return;
    this.#plans = this.#plans.slice(-kept);
    this.#earned *= kept / most;
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
