/** Steps after which a comparison forgets half. */
const HALF_LIFE = 1000;
/** Who would spare more than others by this share is far ahead. */
const FAR = 0.1;

/** How many deviations of mere chance one must be ahead of who leads. */
export interface Doubt {
  readonly near: number;
  /** Where it is far ahead: a small lead is rather a quirk of who is followed. */
  readonly far: number;
}

/**
 * Who of several would spare most waits: the first of them until another is ahead by more than chance explains. Sees each
 * step with how many of its opens each would have had ready; memory is the square of their number. A step counts as one
 * draw: what is opened together is foreseen or missed together.
 */
export class Standings {
  readonly #count: number;
  readonly #doubts: readonly Doubt[];
  readonly #hits: Float64Array;
  /** Squared differences of two of them, step by step. */
  readonly #spread: Float64Array;
  #leader = 0;
  /** Since it was asked for a lesson last: what is kept of the sums of before, and what was added. null: nobody asks. */
  #notes: { kept: number; readonly hits: Float64Array; readonly spread: Float64Array } | null = null;

  constructor(doubts: readonly Doubt[]) {
    const count = doubts.length;
    this.#doubts = doubts;
    this.#count = count;
    this.#hits = new Float64Array(count);
    this.#spread = new Float64Array(count * count);
  }

  /** Index of the one who leads. */
  get leader(): number {
    return this.#leader;
  }

  /** Decayed number of opens that one would have had ready. */
  hits(of: number): number {
    return this.#hits[of] ?? 0;
  }

  /** A step, and how many of its opens each would have had ready. */
  stepped(ready: readonly number[]): void {
    const spread = ready.flatMap((one) => ready.map((other) => (one - other) ** 2));
    const kept = 0.5 ** (1 / HALF_LIFE);
    fade(this.#hits, kept, ready);
    fade(this.#spread, kept, spread);
    if (this.#notes !== null) {
      this.#notes.kept *= kept;
      fade(this.#notes.hits, kept, ready);
      fade(this.#notes.spread, kept, spread);
    }
    this.#lead();
  }

  /** What it saw by itself since it was asked last; empty if nothing, and at the first time. */
  lesson(): readonly number[] {
    const notes = this.#notes;
    if (notes?.kept === 1) return [];
    const count = this.#count;
    this.#notes = { kept: 1, hits: new Float64Array(count), spread: new Float64Array(count * count) };
    return notes === null ? [] : [notes.kept, ...notes.hits, ...notes.spread];
  }

  /** Learns a lesson of another node; one about others than these is left alone. */
  taught([kept = 1, ...sums]: readonly number[]): void {
    const count = this.#count;
    if (sums.length !== count + count * count) return;
    fade(this.#hits, kept, sums.slice(0, count));
    fade(this.#spread, kept, sums.slice(count));
    this.#lead();
  }

  #lead(): void {
    const leader = this.#leader;
    let best = leader;
    for (let one = 0; one < this.#count; one++) {
      const ahead = this.hits(one) - this.hits(leader);
      const { near, far } = this.#doubts[one] ?? { near: Infinity, far: Infinity };
      const doubt = ahead > FAR * this.hits(leader) ? far : near;
      const chance = doubt * Math.sqrt(1 + (this.#spread[one * this.#count + leader] ?? 0));
      if (one !== leader && ahead > chance && this.hits(one) > this.hits(best)) best = one;
    }
    this.#leader = best;
  }
}

/** Sums forget down to `kept`, then these are added. */
function fade(sums: Float64Array, kept: number, more: readonly number[]): void {
  for (let place = 0; place < sums.length; place++)
    sums[place] = (sums[place] ?? 0) * kept + (more[place] ?? 0);
}
