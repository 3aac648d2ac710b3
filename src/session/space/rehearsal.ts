import type { Step } from '../../domain/activity.js';
import type { UserContext } from '../../domain/context.js';
import type { Policy, Question } from '../../domain/engine-port.js';
import type { ItemId, Pseudonym } from '../../domain/ids.js';
import type { Change } from '../../domain/item.js';
import type { BudgetTerms } from '../../planner/ledger.js';
import type { ItemState } from '../../planner/shadow.js';
import { seededRandom } from '../../util/seeded-random.js';
import { Hedge, type Compared, type OffersTo } from './hedge.js';

/** The same users are drawn at each start. */
const SEED = 1;

export interface RehearsalParts {
  /** Who ranks the real plans; only asked in a way that changes nothing. */
  readonly first: Policy;
  /** Who only rehearses. It learns from the plans that it rehearses. */
  readonly second: Policy;
  readonly budget: BudgetTerms;
  /** A user of the sample opened something: how much of it each of both would have had ready. */
  readonly onOpened: (hits: { readonly first: number; readonly second: number }, opens: number) => void;
  readonly onFailed: (error: unknown) => void;
}

/**
 * Shadow mode: a second policy plans for shadow devices beside the first, of the same bounded sample of users as the hedge's,
 * and opens tell which of them would have spared more waits. Nothing is pushed by it, and no plan waits for it: one
 * rehearsal at a time, and what comes meanwhile is not rehearsed.
 */
export class Rehearsal {
  readonly #parts: RehearsalParts;
  /** Counts; whom it would let rule is not asked. */
  readonly #hedge: Hedge;
  #running: Promise<void> | null = null;

  constructor(parts: RehearsalParts) {
    const { first, second, budget, onOpened } = parts;
    this.#parts = parts;
    const policies = [observing(first), learning(second)] as const;
    const onCompared: Compared = ([one = 0, other = 0], opens) =>
      onOpened({ first: one, second: other }, opens);
    this.#hedge = new Hedge(policies[0], [policies[1]], budget, seededRandom(SEED), onCompared);
  }

  /** Before a step is learned. */
  observe(step: Step, before: UserContext, stateOf: (item: ItemId) => ItemState | undefined): void {
    this.#hedge.observe(step, stateOf);
    this.#unlessFailed(() => this.#parts.second.observe?.(step, before));
  }

  changed(change: Change): void {
    this.#hedge.changed(change);
    this.#unlessFailed(() => this.#parts.second.changed?.(change));
  }

  forget(user: Pseudonym): void {
    this.#hedge.forget(user);
    this.#unlessFailed(() => this.#parts.second.forget?.(user));
  }

  /** A plan was made: it may be rehearsed. `offersTo` tells what shadow devices may lack. */
  begin(question: Question, offersTo: OffersTo): void {
    if (this.#running !== null || !this.#hedge.samples(question.user)) return;
    this.#running = this.#hedge
      .plan(question, offersTo)
      .catch((error: unknown) => this.#parts.onFailed(error))
      .finally(() => (this.#running = null));
  }

  /** Resolves when nothing is rehearsed. */
  async idle(): Promise<void> {
    await this.#running;
  }

  #unlessFailed(work: () => void): void {
    try {
      work();
    } catch (error) {
      this.#parts.onFailed(error);
    }
  }
}

/** The policy as who only asks sees it. */
function observing(policy: Policy): Policy {
  const { name, payment, plans } = policy;
  return {
    name,
    payment,
    plans,
    score: async (question) => {
      const scores = await (policy.peek?.(question) ?? policy.score(question));
      return policy.lasting?.(question) ?? scores;
    },
    explain: () => [],
  };
}

/** Each question that it scored is a plan to it. */
function learning(policy: Policy): Policy {
  const { name, payment, plans } = policy;
  const score = async (question: Question): Promise<Float64Array> => {
    const scores = await policy.score(question);
    const ranks = policy.lasting?.(question) ?? scores;
    policy.planned?.(question, []);
    return ranks;
  };
  return { name, payment, plans, score, explain: () => [] };
}
