import type { Step } from '../../domain/activity.js';
import type { Pseudonym } from '../../domain/ids.js';
import type { Change } from '../../domain/item.js';
import { hashText } from '../../util/checksum.js';
import type { Learner } from './learner.js';
import { Outcomes, type Outcome, type WaitTerms } from './outcomes.js';

/**
 * What is pushed stays on the device: opens count for 190 steps more. Silence ends the wait as it does before; of a user wait twenty plans'
 * examples at least.
 */
export const LATER = {
  steps: 190,
  ofPlan: Infinity,
  ofUser: 4096,
  total: 40_000,
  silentMs: 60 * 24 * 60 * 60 * 1000,
} as const satisfies WaitTerms;

/** One of so many examples is learned from, and stands for all: they wait twenty times as long. */
export const THINNING = 4;

/**
 * Teaches a learner what is opened later than a score foretells, and before its content changes: of what was not opened in time,
 * what still will be. Deterministic, and the same under every key: which examples are learned from is a matter of item and logit, not of pseudonyms.
 */
export class Later {
  readonly #learner: Learner;
  readonly #outcomes = new Outcomes(LATER);

  constructor(learner: Learner) {
    this.#learner = learner;
  }

  /** A step, and what it decides of what waited for the time that a score foretells. */
  observe(step: Step, decided: readonly Outcome[]): void {
    this.#learn(this.#outcomes.observe(step));
    const missed = missesOf(decided);
    this.#learn(missed.filter(({ end }) => end !== 'late'));
    const late = missed.filter(({ end }) => end === 'late').map(({ example }) => example);
    if (late.length > 0) this.#learn(this.#outcomes.planned(step.user, late, step.timeMs).over);
  }

  /** A change, and what it decides. */
  changed(change: Change, decided: readonly Outcome[]): void {
    this.#learn(this.#outcomes.changed(change));
    this.#learn(missesOf(decided));
  }

  /** Of users who are gone nothing is opened later. */
  gone(decided: readonly Outcome[]): void {
    this.#learn(missesOf(decided));
  }

  forget(user: Pseudonym): void {
    this.#outcomes.forget(user);
  }

  #learn(outcomes: readonly Outcome[]): void {
    for (const { example, end } of outcomes)
      this.#learner.learn(example.row, end === 'opened', example.weight);
  }
}

/** What was not opened in time, of the examples that are learned from. */
function missesOf(decided: readonly Outcome[]): readonly Outcome[] {
  return decided
    .filter(
      ({ example: { item, logit }, end }) =>
        end !== 'opened' && hashText(`${item} ${logit}`) % THINNING === 0,
    )
    .map((outcome) => ({
      ...outcome,
      example: { ...outcome.example, weight: outcome.example.weight * THINNING },
    }));
}
