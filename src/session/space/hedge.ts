import type { Step } from '../../domain/activity.js';
import type { Policy, Question } from '../../domain/engine-port.js';
import type { DataHash, ItemId, Pseudonym } from '../../domain/ids.js';
import type { Change } from '../../domain/item.js';
import type { Scored } from '../../domain/plan.js';
import type { BudgetTerms } from '../../planner/ledger.js';
import { Shadow, type ItemState } from '../../planner/shadow.js';
import { Standings } from '../../planner/standings.js';
import { UserSample } from '../../planner/user-sample.js';
import { ScoreScale } from './score-scale.js';

/** Users with shadow devices, drawn by their hashes; beyond it whoever was silent for longest goes. */
export const SHADOW_USERS = 64;
/**
 * Of all plans this share gets shadow plans in the long run; so many may be saved up, or owed. A user is followed wholly or
 * not at all, for a device that is pushed to now and then tells little: what is saved up takes users in, debts let them go.
 */
export const SHADOW_SHARE = { share: 0.15, saved: 30, owed: 90 } as const;
/** Writes of sampled users whose step has not come yet; beyond it the oldest is forgotten. */
const UNREPORTED = 1024;

/**
 * Keeps a policy from doing worse than its rivals: each has shadow devices of a few users, and whoever's shadow would
 * spare more waits, by more than chance explains, rules the real plans. Deterministic: the same calls give the same ruler.
 */
export class Hedge {
  /** The policy first, its rivals behind it. */
  readonly #policies: readonly Policy[];
  readonly #shadows: readonly Shadow[];
  readonly #standings: Standings;
  readonly #scales: readonly ScoreScale[];
  readonly #users = new UserSample<Pseudonym>(SHADOW_USERS);
  // By user and item: whether each shadow held what the user then changed.
  readonly #written = new Map<string, readonly boolean[]>();
  /** Hears of each open that counts who would have had it ready. */
  readonly #onCompared: (ready: readonly boolean[]) => void;
  #tokens = 0;

  constructor(
    policy: Policy,
    rivals: readonly Policy[],
    budget: BudgetTerms,
    onCompared: (ready: readonly boolean[]) => void = () => undefined,
  ) {
    this.#onCompared = onCompared;
    this.#policies = [policy, ...rivals];
    this.#shadows = this.#policies.map(({ payment }) => new Shadow({ budget, payment }));
    this.#standings = new Standings(this.#policies.length);
    this.#scales = this.#policies.map(() => new ScoreScale());
  }

  /** Whose ranking rules the plans now. */
  get leader(): Policy {
    return this.#policies[this.#standings.leader] ?? this.#own;
  }

  /** Whether the policy itself rules, not a rival. */
  get isOwn(): boolean {
    return this.#standings.leader === 0;
  }

  /** What the leader gives the items of a question, by a factor in the units of the policy's own scores. */
  async ruling(question: Question, own: Float64Array): Promise<Float64Array> {
    if (this.isOwn) return own;
    const factor = this.#factor;
    return (await this.leader.score(question)).map((score) => score * factor);
  }

  /** The value that the leader's shadow pays for, in the units of `ruling`: what a new ruler's price starts from. */
  get threshold(): number {
    return (this.#shadows[this.#standings.leader]?.threshold ?? Infinity) + Math.log(this.#factor);
  }

  /** Before a step is learned: who would have had ready what it opens. */
  observe(step: Step, stateOf: (item: ItemId) => ItemState | undefined): void {
    // New users are taken in while what is saved up for shadow plans is not used up.
    const gone = this.#users.see(step.user, this.#tokens / SHADOW_SHARE.saved);
    if (gone !== undefined) this.#forget(gone);
    if (!this.#users.has(step.user)) return;
    for (const { item, kind } of step.items) {
      const state = stateOf(item);
      const key = keyOf(step.user, item);
      const written = this.#written.get(key);
      this.#written.delete(key);
      if (state === undefined) continue;
      if (kind === 'created') for (const shadow of this.#shadows) shadow.wrote(step.user, state);
      else this.#opened(step.user, state, written);
    }
  }

  /** A user's device has what the user wrote; whether it had the content before counts when their step comes. */
  changed({ head, previousHash, writer }: Change): void {
    const { item, dataHash, sizeBytes } = head;
    if (writer === null || dataHash === null || !this.#users.has(writer)) return;
    const key = keyOf(writer, item);
    const before = this.#shadows.map((shadow) => {
      return previousHash !== null && shadow.holds(writer, item) === previousHash;
    });
    if (!this.#written.has(key)) this.#written.set(key, before);
    for (const oldest of this.#written.keys()) {
      if (this.#written.size <= UNREPORTED) break;
      this.#written.delete(oldest);
    }
    for (const shadow of this.#shadows) shadow.wrote(writer, { item, dataHash, bytes: sizeBytes });
  }

  /** Whether the next plan of a user gets shadow plans; counts it. */
  samples(user: Pseudonym): boolean {
    this.#tokens = Math.min(SHADOW_SHARE.saved, this.#tokens + SHADOW_SHARE.share);
    if (!this.#users.has(user)) return false;
    if (this.#tokens < -SHADOW_SHARE.owed) {
      this.#users.drop(user);
      this.#forget(user);
      return false;
    }
    this.#tokens -= 1;
    return true;
  }

  /** Whether any shadow of the user lacks this content of an item. */
  lacks(user: Pseudonym, item: ItemId, dataHash: DataHash | null): boolean {
    return this.#shadows.some((shadow) => shadow.holds(user, item) !== dataHash);
  }

  /** Everyone's shadow plan of a question about `offers`, whatever real devices hold. `known` are scores that are known already. */
  async plan(
    question: Question,
    offers: readonly Scored[],
    known: ReadonlyMap<ItemId, number>,
  ): Promise<void> {
    const own = await this.#ownScores(question, offers, known);
    const scored = this.#offersWith(offers, own);
    this.#shadows[0]?.plan(question.user, scored);
    const about = { ...question, items: offers.map(({ item }) => item) };
    for (const [place, policy] of this.#policies.entries()) {
      if (place === 0 || policy.plans === 'never') continue;
      if (policy.plans === 'holders' && question.kind === 'user') continue;
      const scores = await policy.score(about);
      this.#scales[place]?.seen(scores, own);
      this.#shadows[place]?.plan(question.user, this.#offersWith(offers, scores));
    }
  }

  /** The policy's own scores: it is asked only for what the real plan did not ask about. */
  async #ownScores(
    question: Question,
    offers: readonly Scored[],
    known: ReadonlyMap<ItemId, number>,
  ): Promise<Float64Array> {
    const unknown = offers.flatMap(({ item }) => (known.has(item) ? [] : [item]));
    const scores = unknown.length === 0 ? [] : await this.#own.score({ ...question, items: unknown });
    const all = new Map([...known, ...unknown.map((item, place) => [item, scores[place] ?? 0] as const)]);
    return Float64Array.from(offers, ({ item }) => all.get(item) ?? 0);
  }

  #forget(user: Pseudonym): void {
    for (const shadow of this.#shadows) shadow.forget(user);
  }

  #offersWith(offers: readonly Scored[], scores: Float64Array): readonly Scored[] {
    return offers.map((offer, place) => {
      const score = scores[place] ?? 0;
      return { ...offer, score: Number.isFinite(score) && score > 0 ? score : 0 };
    });
  }

  #opened(user: Pseudonym, state: ItemState, written: readonly boolean[] | undefined): void {
    const isWarm = this.#shadows.every((shadow) => shadow.isWarm);
    const ready = this.#shadows.map((shadow, place) => {
      const isThere = shadow.opened(user, state);
      return written === undefined ? isThere : (written[place] ?? false);
    });
    if (!isWarm) return;
    this.#standings.opened(ready);
    this.#onCompared(ready);
  }

  /** What the leader's scores are in the units of the policy's own. */
  get #factor(): number {
    return this.isOwn ? 1 : (this.#scales[this.#standings.leader]?.factor ?? 1);
  }

  get #own(): Policy {
    const [own] = this.#policies;
    if (own === undefined) throw new RangeError('a hedge without a policy');
    return own;
  }
}

function keyOf(user: Pseudonym, item: ItemId): string {
  return `${user} ${item}`;
}
