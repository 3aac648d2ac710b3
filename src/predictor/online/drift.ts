import type { Faded } from './faded.js';

/** Opens, foretold or real, after which half is forgotten: short, because what is worked on changes. */
const MEMORY = 20;
/** So many opens, foretold or real, must be seen before they count as much as no knowledge. */
const DOUBT = 10;

/**
 * The last stage of what a score means: how often what was pushed lately was opened, against how often that was foretold.
 * Only pushes count, for they are chosen: of equal scores those of small contents, and whatever is overrated. Order is left
 * alone.
 */
export class Drift {
  /** Of recent pushes: opens that were foretold, and opens. */
  readonly sums = new Float64Array(2);
  /** Who writes down what it learns. */
  notes: Faded | null = null;

  /**
   * Something is pushed at a score before correction. It counts at once: of users who are gone nobody hears what they left
   * unopened.
   */
  pushed(score: number): void {
    const kept = 0.5 ** (score / MEMORY);
    this.sums[0] = (this.sums[0] ?? 0) * kept + score;
    this.sums[1] = (this.sums[1] ?? 0) * kept;
    this.notes?.add(0, kept, score, 0);
  }

  /** Something that was pushed is opened in time. */
  opened(): void {
    this.sums[1] = (this.sums[1] ?? 0) + 1;
    this.notes?.add(0, 1, 0, 1);
  }

  /** Learns what another one learned. */
  merge({ kept: [kept = 1], foretold: [foretold = 0], opened: [opened = 0] }: Faded): void {
    this.sums[0] = (this.sums[0] ?? 0) * kept + foretold;
    this.sums[1] = (this.sums[1] ?? 0) * kept + opened;
  }

  /** Scores from 0 to 1, with their odds as recent pushes say. */
  correct(scores: Float64Array): Float64Array {
    const [foretold = 0, opened = 0] = this.sums;
    const odds = (opened + DOUBT) / (foretold + DOUBT);
    return scores.map((score) => (score * odds) / (1 - score + score * odds));
  }
}
