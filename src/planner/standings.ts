/** Opens after which a comparison forgets half. */
const HALF_LIFE = 1500;
/** How many deviations of mere chance a challenger must be ahead, and the first one to come back. */
const DOUBT = { challenger: 3, first: 1 } as const;

/**
 * Who of several would spare most waits: the first of them until another is ahead by more than chance explains. Sees each
 * open with who would have had it ready; memory is the square of their number.
 */
export class Standings {
  readonly #count: number;
  readonly #hits: Float64Array;
  /** Opens in which two of them differ. */
  readonly #differ: Float64Array;
  #leader = 0;

  constructor(count: number) {
    this.#count = count;
    this.#hits = new Float64Array(count);
    this.#differ = new Float64Array(count * count);
  }

  /** Index of the one who leads. */
  get leader(): number {
    return this.#leader;
  }

  /** Decayed number of opens that one would have had ready. */
  hits(of: number): number {
    return this.#hits[of] ?? 0;
  }

  /** An open, and who would have had it ready. */
  opened(ready: readonly boolean[]): void {
    const kept = 0.5 ** (1 / HALF_LIFE);
    for (let one = 0; one < this.#count; one++) {
      this.#hits[one] = this.hits(one) * kept + (ready[one] === true ? 1 : 0);
      for (let other = 0; other < this.#count; other++) {
        const at = one * this.#count + other;
        this.#differ[at] = (this.#differ[at] ?? 0) * kept + (ready[one] === ready[other] ? 0 : 1);
      }
    }
    this.#lead();
  }

  #lead(): void {
    const leader = this.#leader;
    let best = leader;
    for (let one = 0; one < this.#count; one++) {
      const ahead = this.hits(one) - this.hits(leader);
      const doubt = one === 0 ? DOUBT.first : DOUBT.challenger;
      const chance = doubt * Math.sqrt(1 + (this.#differ[one * this.#count + leader] ?? 0));
      if (one !== leader && ahead > chance && this.hits(one) > this.hits(best)) best = one;
    }
    this.#leader = best;
  }
}
