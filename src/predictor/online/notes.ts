import { BINS } from './calibrator.js';
import { Faded } from './faded.js';
import { Moments } from './moments.js';
import type { Move } from './learner.js';
import type { LayerState } from './state.js';

/** What a layer learned by itself since these notes began. Memory: at most a second state. */
export class Notes {
  readonly moments: Moments;
  readonly calibrators = { user: new Faded(BINS.count), holder: new Faded(BINS.count) };
  readonly drift = new Faded(1);
  /** Moves of the table's places, but not for users' names: nodes number users differently. */
  readonly sparse = new Map<number, Move>();
  /** Random numbers that were drawn. */
  draws = 0;
  readonly #weights: Float64Array;
  readonly #squares: Float64Array;
  readonly #state: LayerState;

  /** From now on `state` writes down here what it learns. */
  constructor(state: LayerState) {
    const { scaler, learner, calibrators, drift } = state;
    this.#state = state;
    this.moments = new Moments(scaler.mean.length);
    this.#weights = learner.weights.slice();
    this.#squares = learner.squares.slice();
    scaler.notes = this.moments;
    learner.notes = this.sparse;
    calibrators.user.notes = this.calibrators.user;
    calibrators.holder.notes = this.calibrators.holder;
    drift.notes = this.drift;
  }

  /** What the learner's columns moved by: weights, then squares. */
  get dense(): { readonly weights: Float64Array; readonly squares: Float64Array } {
    const { weights, squares } = this.#state.learner;
    return { weights: less(weights, this.#weights), squares: less(squares, this.#squares) };
  }

  /** Whether anything was learned: an example always moves the bias, a plan always has rows. */
  get isEmpty(): boolean {
    return this.moments.rows === 0 && this.dense.squares.every((square) => square === 0);
  }

  /** Another node moved the columns: that is no learning of one's own. */
  movedElsewhere(weights: Float64Array, squares: Float64Array): void {
    add(this.#weights, weights);
    add(this.#squares, squares);
  }
}

export function add(to: Float64Array, what: Float64Array): void {
  for (let place = 0; place < to.length; place++) to[place] = (to[place] ?? 0) + (what[place] ?? 0);
}

function less(now: Float64Array, before: Float64Array): Float64Array {
  return now.map((value, place) => value - (before[place] ?? 0));
}
