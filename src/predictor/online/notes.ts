import { BINS } from './calibrator.js';
import { Faded } from './faded.js';
import { Moments } from './moments.js';
import type { LayerState } from './state.js';

/** What a layer learned by itself since these notes began. Memory: at most a second state. */
export class Notes {
  readonly moments: Moments;
  readonly calibrators = { user: new Faded(BINS.count), holder: new Faded(BINS.count) };
  readonly drift = new Faded(1);
  /** Random numbers that were drawn. */
  draws = 0;
  /** The learners' numbers when the notes began, and what other nodes moved them by since. */
  readonly #before: readonly Float64Array[];
  readonly #state: LayerState;

  /** From now on `state` writes down here what it learns. */
  constructor(state: LayerState) {
    const { scaler, calibrators, drift } = state;
    this.#state = state;
    this.moments = new Moments(scaler.mean.length);
    this.#before = numbersOf(state).map((numbers) => numbers.slice());
    scaler.notes = this.moments;
    calibrators.user.notes = this.calibrators.user;
    calibrators.holder.notes = this.calibrators.holder;
    drift.notes = this.drift;
  }

  /** What the learners' numbers moved by, in the order of `numbersOf`. */
  get moves(): readonly Float64Array[] {
    return numbersOf(this.#state).map((now, place) => less(now, this.#before[place] ?? now));
  }

  /** Whether anything was learned: an example always moves the bias, a plan always has rows. */
  get isEmpty(): boolean {
    return this.moments.rows === 0 && this.moves.every((moves) => moves.every((move) => move === 0));
  }

  /** Another node moved the learners' numbers: that is no learning of one's own. */
  movedElsewhere(moves: readonly Float64Array[]): void {
    for (const [place, before] of this.#before.entries()) add(before, moves[place] ?? NOTHING);
  }
}

/** The numbers of a state's learners, which moves add up to. */
export function numbersOf({ learners: { soon, later } }: LayerState): readonly Float64Array[] {
  return [soon.weights, soon.squares, later.weights, later.squares];
}

export function add(to: Float64Array, what: Float64Array): void {
  for (let place = 0; place < to.length; place++) to[place] = (to[place] ?? 0) + (what[place] ?? 0);
}

const NOTHING = new Float64Array(0);

function less(now: Float64Array, before: Float64Array): Float64Array {
  return now.map((value, place) => value - (before[place] ?? 0));
}
