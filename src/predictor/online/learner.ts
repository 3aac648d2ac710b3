import { KEYS, NAMES_USER, PLACES } from './keys.js';

/** Steps of Adagrad: for the dense columns, and for names, of which each is seen rarely: what a few examples say of one is mostly luck. */
export const RATES = { dense: 0.02, sparse: 0.02 } as const;
/** A single example moves no weight as if it were more than this many. */
const MOST_WEIGHT = 32;

/** What one place of the learner's table moved by. */
export interface Move {
  weight: number;
  square: number;
}

/**
 * Logistic regression by Adagrad over dense columns, a bias and hashed keys. It starts as exactly its first column: that
 * weight is 1, all others 0.
 */
export class Learner {
  /** One for each column, the bias last. */
  readonly weights: Float64Array;
  readonly squares: Float64Array;
  readonly sparse = new Float32Array(PLACES);
  readonly sparseSquares = new Float32Array(PLACES).fill(1);

  /** Who writes down how places of the table move, those of users' names aside. */
  notes: Map<number, Move> | null = null;

  constructor(width: number) {
    this.weights = new Float64Array(width + 1);
    this.weights[0] = 1;
    this.squares = new Float64Array(width + 1).fill(1);
  }

  get width(): number {
    return this.weights.length - 1;
  }

  /** The logit of the candidate in row `at` of some rows and keys. */
  logit(rows: Float32Array, keys: Int32Array, at: number): number {
    const { weights, width, sparse } = this;
    let logit = weights[width] ?? 0;
    const row = at * width;
    for (let column = 0; column < width; column++)
      logit += (weights[column] ?? 0) * (rows[row + column] ?? 0);
    const key = at * KEYS;
    for (let place = 0; place < KEYS; place++) logit += sparse[keys[key + place] ?? 0] ?? 0;
    return logit;
  }

  /** One step down the log loss of one candidate that stands for `weight` of them. */
  learn(row: Float32Array, keys: Int32Array, opened: boolean, weight: number): void {
    const { weights, squares, width, sparse, sparseSquares } = this;
    const error = probability(this.logit(row, keys, 0)) - (opened ? 1 : 0);
    const slope = error * Math.min(MOST_WEIGHT, weight);
    for (let column = 0; column <= width; column++) {
      const gradient = slope * (column === width ? 1 : (row[column] ?? 0));
      const square = (squares[column] ?? 1) + gradient * gradient;
      squares[column] = square;
      weights[column] = (weights[column] ?? 0) - (RATES.dense * gradient) / Math.sqrt(square);
    }
    for (let sort = 0; sort < KEYS; sort++) {
      const key = keys[sort] ?? 0;
      const square = (sparseSquares[key] ?? 1) + slope * slope;
      sparseSquares[key] = square;
      const before = sparse[key] ?? 0;
      sparse[key] = before - (RATES.sparse * slope) / Math.sqrt(square);
      if (this.notes === null || NAMES_USER[sort] === true) continue;
      const move = this.notes.get(key) ?? { weight: 0, square: 0 };
      move.weight += (sparse[key] ?? 0) - before;
      move.square += slope * slope;
      this.notes.set(key, move);
    }
  }

  /** A place of the table moves as it did elsewhere. */
  move(place: number, { weight, square }: Move): void {
    this.sparse[place] = (this.sparse[place] ?? 0) + weight;
    this.sparseSquares[place] = (this.sparseSquares[place] ?? 1) + square;
  }
}

export function probability(logit: number): number {
  return 1 / (1 + Math.exp(-logit));
}
