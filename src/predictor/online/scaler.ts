import type { Moments } from './moments.js';

/** Newer rows count more from so many on: a space may change. */
const MEMORY = 200_000;
/** Standardised values end here, so that a strange row cannot throw the weights about. */
const MOST = 4;
const LEAST_VARIANCE = 1e-4;

/** Standardises columns by the mean and variance of the rows that came before. Column 0, the model's logit, stays as it is. */
export class Scaler {
  readonly mean: Float64Array;
  readonly variance: Float64Array;
  rows = 0;
  /** Who writes down what it learns. */
  notes: Moments | null = null;

  constructor(width: number) {
    this.mean = new Float64Array(width);
    this.variance = new Float64Array(width).fill(1);
  }

  /** Learns the columns of some rows. */
  learn(rows: Float32Array): void {
    this.notes?.add(rows);
    const width = this.mean.length;
    for (let from = 0; from < rows.length; from += width) {
      this.rows = Math.min(this.rows + 1, MEMORY);
      for (let column = 1; column < width; column++) {
        const value = rows[from + column] ?? 0;
        const mean = this.mean[column] ?? 0;
        const variance = this.variance[column] ?? 1;
        const moved = mean + (value - mean) / this.rows;
        this.mean[column] = moved;
        this.variance[column] = variance + ((value - mean) * (value - moved) - variance) / this.rows;
      }
    }
  }

  /** Learns rows that another one learned. */
  merge({ rows, mean, squares }: Moments): void {
    const more = Math.min(rows, MEMORY);
    if (more === 0) return;
    const before = Math.min(this.rows, MEMORY - more);
    this.rows = before + more;
    for (let column = 1; column < this.mean.length; column++) {
      const own = this.mean[column] ?? 0;
      const away = (mean[column] ?? 0) - own;
      const spread = ((squares[column] ?? 0) * more) / rows + (away * away * before * more) / this.rows;
      this.mean[column] = own + (away * more) / this.rows;
      this.variance[column] = ((this.variance[column] ?? 1) * before + spread) / this.rows;
    }
  }

  /** The rows in units of their columns' deviations, in place. */
  apply(rows: Float32Array): Float32Array {
    const width = this.mean.length;
    const factors = this.variance.map((variance) => 1 / Math.sqrt(Math.max(0, variance) + LEAST_VARIANCE));
    for (let from = 0; from < rows.length; from += width) {
      for (let column = 1; column < width; column++) {
        const value = ((rows[from + column] ?? 0) - (this.mean[column] ?? 0)) * (factors[column] ?? 1);
        rows[from + column] = Math.max(-MOST, Math.min(MOST, value));
      }
    }
    return rows;
  }
}
