import type { Step } from '../../domain/activity.js';
import type { UserContext } from '../../domain/context.js';
import type { ItemId, Pseudonym } from '../../domain/ids.js';
import type { Change } from '../../domain/item.js';
import type { Random } from '../../util/seeded-random.js';
import { Calibrator } from './calibrator.js';
import { Drift } from './drift.js';
import { inputsOf, WIDTH } from './inputs.js';
import { Later } from './later.js';
import { Learner, probability } from './learner.js';
import { encodeLesson, learnLesson } from './lesson.js';
import { Notes } from './notes.js';
import { Outcomes, PENDING, type Outcome } from './outcomes.js';
import { sample } from './sample.js';
import { Scaler } from './scaler.js';
import { dumpState, loadState } from './state.js';

/** What is known of a plan's candidates before the layer looks at them. */
export interface Candidates {
  readonly kind: 'user' | 'holder';
  readonly user: Pseudonym;
  readonly context: UserContext;
  readonly nowMs: number;
  readonly items: readonly ItemId[];
  /** candidates × FEATURES, row-major. */
  readonly features: Float32Array;
  /** candidates × COMPANY, row-major. */
  readonly company: Float32Array;
  /** The model's logit of each candidate; null without a model. */
  readonly logits: Float32Array | null;
}

/** Candidates as the layer reads them: made once for a plan, then scored, explained and kept until their outcome. */
export interface Inputs {
  readonly kind: 'user' | 'holder';
  readonly user: Pseudonym;
  readonly items: readonly ItemId[];
  /** candidates × `WIDTH`, row-major. */
  readonly rows: Float32Array;
}

export interface LayerOptions {
  /** Draws which of a plan's lesser candidates are learned from. */
  readonly random: Random;
  /** Nothing is learned any more: for measuring what learning is worth. */
  readonly isFrozen?: boolean;
}

/**
 * What a space learns from use: a logistic regression over the model's logit, the plain statistics and the features. It starts
 * as exactly the model and is calibrated by what came of its plans. A second one learns what is opened later than a score
 * foretells. Memory is bounded: the examples of `PENDING` and of `LATER`.
 */
export class OnlineLayer {
  readonly #random: Random;
  readonly #isFrozen: boolean;
  readonly #state = {
    scaler: new Scaler(WIDTH),
    learners: { soon: new Learner(WIDTH), later: new Learner(WIDTH) },
    calibrators: { user: new Calibrator(), holder: new Calibrator() },
    drift: new Drift(),
  };
  readonly #outcomes = new Outcomes();
  readonly #later = new Later(this.#state.learners.later);
  /** null where nobody asked for lessons yet. */
  #notes: Notes | null = null;

  constructor({ random, isFrozen = false }: LayerOptions) {
    this.#random = random;
    this.#isFrozen = isFrozen;
  }

  /** Standardises what is known of some candidates, and learns how they are spread unless it only `peeks`. */
  read(candidates: Candidates, peeks = false): Inputs {
    const { kind, user, items } = candidates;
    const rows = inputsOf(candidates);
    const { scaler } = this.#state;
    if (!this.#isFrozen && !peeks) scaler.learn(rows);
    return { kind, user, items, rows: scaler.apply(rows) };
  }

  /** How likely each candidate is opened in time, from 0 to 1, in their order; `correct` says it of what is pushed. */
  score(inputs: Inputs): Float64Array {
    return this.#logits(inputs).map((logit) => this.#probability(inputs.kind, logit));
  }

  /**
   * How likely what is pushed now is opened at all before its content changes: in time, as `score` says, or later. Frozen it says
   * what `score` does.
   */
  lasting(inputs: Inputs): Float64Array {
    const scores = this.score(inputs);
    if (this.#isFrozen) return scores;
    const { later } = this.#state.learners;
    return scores.map((soon, place) => soon + (1 - soon) * probability(later.logit(inputs.rows, place)));
  }

  /** Scores that rank as probabilities that hold: corrected by what became of recent pushes. */
  correct(scores: Float64Array): Float64Array {
    return this.#state.drift.correct(scores);
  }

  /** A plan was made of these: what it pushed and a sample of the others are learned from once it is known what came of them. */
  planned(inputs: Inputs, pushed: readonly ItemId[], nowMs: number): void {
    if (this.#isFrozen) return;
    const { kind, user, items, rows } = inputs;
    const logits = this.#logits(inputs);
    const pushes = new Set(pushed);
    const isPushed = items.map((item) => pushes.has(item));
    const examples = sample(logits, isPushed, PENDING, () => this.#draw()).flatMap(({ place, weight }) => {
      const item = items[place];
      if (item === undefined) return [];
      const row = rows.slice(place * WIDTH, (place + 1) * WIDTH);
      return [{ kind, item, row, weight, logit: logits[place] ?? 0, isPushed: pushes.has(item) }];
    });
    const { taken, over } = this.#outcomes.planned(user, examples, nowMs);
    for (const example of taken)
      if (example.isPushed) this.#state.drift.pushed(this.#probability(kind, example.logit));
    this.#learn(over);
    this.#later.gone(over);
  }

  /** Learns from what a step decides. */
  observe(step: Step): void {
    const outcomes = this.#outcomes.observe(step);
    this.#learn(outcomes);
    this.#later.observe(step, outcomes);
  }

  /** What waits for a user's doings is learned no more. */
  forget(user: Pseudonym): void {
    this.#outcomes.forget(user);
    this.#later.forget(user);
  }

  /** Learns from what a new content decides. */
  changed(change: Change): void {
    const outcomes = this.#outcomes.changed(change);
    this.#learn(outcomes);
    this.#later.changed(change, outcomes);
  }

  /** How much each column moves a candidate's logit from where an average one is: `WIDTH` values. */
  contributions({ rows }: Inputs, place: number): Float64Array {
    const { weights } = this.#state.learners.soon;
    return Float64Array.from({ length: WIDTH }, (_, column) => {
      return (weights[column] ?? 0) * (rows[place * WIDTH + column] ?? 0);
    });
  }

  /** What was learned, without what still waits for its outcome. */
  dump(): Uint8Array {
    return dumpState(this.#state);
  }

  /** Goes on from a dump. Throws STORE_CORRUPT if it is something else, and stays as it was. */
  load(bytes: Uint8Array): void {
    loadState(this.#state, bytes);
    if (this.#notes !== null) this.#notes = new Notes(this.#state);
  }

  /** What it learned by itself since it was asked last, for others to learn; null if nothing, and at the first time. */
  lesson(): Uint8Array | null {
    const notes = this.#notes;
    if (notes?.isEmpty === true) return null;
    const lesson = notes === null ? null : encodeLesson(notes);
    this.#notes = new Notes(this.#state);
    return lesson;
  }

  /** Learns a lesson of another one; false if it is of another format. Throws STORE_CORRUPT, and stays as it was. */
  taught(lesson: Uint8Array): boolean {
    return learnLesson(this.#state, this.#notes, lesson, this.#random);
  }

  #draw(): number {
    if (this.#notes !== null) this.#notes.draws += 1;
    return this.#random();
  }

  #probability(kind: Inputs['kind'], logit: number): number {
    return probability(this.#state.calibrators[kind].apply(logit));
  }

  #logits({ rows, items }: Inputs): Float64Array {
    const { soon } = this.#state.learners;
    return Float64Array.from(items, (_, place) => soon.logit(rows, place));
  }

  #learn(outcomes: readonly Outcome[]): void {
    const { learners, calibrators, drift } = this.#state;
    for (const { example, end } of outcomes) {
      const opened = end === 'opened';
      learners.soon.learn(example.row, opened, example.weight);
      calibrators[example.kind].learn(example.logit, opened, example.weight);
      if (example.isPushed && opened) drift.opened();
    }
  }
}
