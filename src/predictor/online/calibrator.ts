import type { Faded } from './faded.js';
import { probability } from './learner.js';

/** Bins of logits: from `from`, each `width` wide; what lies outside counts to the outermost. */
export const BINS = { from: -9, width: 0.75, count: 16 } as const;
/** Outcomes, by weight, after which a bin forgets half. */
const MEMORY = 6000;
/** A bin says nothing until it saw about so many opens, foretold or real. */
const DOUBT = 6;

/**
 * A slow second stage: moves logits so that what was foretold with them came true as often as they say. Learned from the
 * logits as they were when the plan was made; monotone, so that no order changes.
 */
export class Calibrator {
  /** Of each bin the sum of what was foretold, and of what came true. */
  readonly foretold = new Float64Array(BINS.count);
  readonly opened = new Float64Array(BINS.count);
  /** Who writes down what it learns. */
  notes: Faded | null = null;
  readonly #moved = new Float64Array(BINS.count);

  learn(logit: number, opened: boolean, weight: number): void {
    const bin = Math.max(0, Math.min(BINS.count - 1, Math.floor((logit - BINS.from) / BINS.width)));
    const kept = 0.5 ** (weight / MEMORY);
    this.foretold[bin] = (this.foretold[bin] ?? 0) * kept + weight * probability(logit);
    this.opened[bin] = (this.opened[bin] ?? 0) * kept + (opened ? weight : 0);
    this.notes?.add(bin, kept, weight * probability(logit), opened ? weight : 0);
    this.settle();
  }

  /** Learns what another one learned. */
  merge({ kept, foretold, opened }: Faded): void {
    for (let bin = 0; bin < BINS.count; bin++) {
      this.foretold[bin] = (this.foretold[bin] ?? 0) * (kept[bin] ?? 1) + (foretold[bin] ?? 0);
      this.opened[bin] = (this.opened[bin] ?? 0) * (kept[bin] ?? 1) + (opened[bin] ?? 0);
    }
    this.settle();
  }

  /** The logit that a logit means. */
  apply(logit: number): number {
    const place = (logit - BINS.from) / BINS.width - 0.5;
    const low = Math.max(0, Math.min(BINS.count - 1, Math.floor(place)));
    const high = Math.min(BINS.count - 1, low + 1);
    const share = Math.max(0, Math.min(1, place - low));
    const from = this.#moved[low] ?? 0;
    return logit + from + share * ((this.#moved[high] ?? 0) - from);
  }

  /** Works out each bin's move from its sums; a move falls by no more than a bin's width, which keeps the order. */
  settle(): void {
    let lowest = -Infinity;
    for (let bin = 0; bin < BINS.count; bin++) {
      const move = Math.log(((this.opened[bin] ?? 0) + DOUBT) / ((this.foretold[bin] ?? 0) + DOUBT));
      const moved = Math.max(move, lowest);
      this.#moved[bin] = moved;
      lowest = moved - 0.99 * BINS.width;
    }
  }
}
