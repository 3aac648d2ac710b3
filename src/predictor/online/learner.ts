/** Steps of Adagrad. */
const RATE = 0.02;
/** A single example moves no weight as if it were more than this many. */
const MOST_WEIGHT = 32;

/** Logistic regression by Adagrad over columns and a bias. It starts as exactly its first column: that weight is 1, all others 0. */
export class Learner {
  /** One for each column, the bias last. */
  readonly weights: Float64Array;
  readonly squares: Float64Array;

  constructor(width: number) {
    this.weights = new Float64Array(width + 1);
    this.weights[0] = 1;
    this.squares = new Float64Array(width + 1).fill(1);
  }

  get width(): number {
    return this.weights.length - 1;
  }

  /** The logit of the candidate in row `at`. */
  logit(rows: Float32Array, at: number): number {
    const { weights, width } = this;
    let logit = weights[width] ?? 0;
    const row = at * width;
    for (let column = 0; column < width; column++)
      logit += (weights[column] ?? 0) * (rows[row + column] ?? 0);
    return logit;
  }

  /** One step down the log loss of one candidate that stands for `weight` of them. */
  learn(row: Float32Array, opened: boolean, weight: number): void {
    const { weights, squares, width } = this;
    const error = probability(this.logit(row, 0)) - (opened ? 1 : 0);
    const slope = error * Math.min(MOST_WEIGHT, weight);
    for (let column = 0; column <= width; column++) {
      const gradient = slope * (column === width ? 1 : (row[column] ?? 0));
      const square = (squares[column] ?? 1) + gradient * gradient;
      squares[column] = square;
      weights[column] = (weights[column] ?? 0) - (RATE * gradient) / Math.sqrt(square);
    }
  }
}

export function probability(logit: number): number {
  return 1 / (1 + Math.exp(-logit));
}
