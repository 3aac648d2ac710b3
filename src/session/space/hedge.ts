import type { Step } from '../../domain/activity.js';
import type { Policy, Question } from '../../domain/engine-port.js';
import { type ItemId, itemId, type Pseudonym } from '../../domain/ids.js';
import type { Change, Head } from '../../domain/item.js';
import type { Scored } from '../../domain/plan.js';
import type { BudgetTerms } from '../../planner/ledger.js';
import { Shadow, type ItemState } from '../../planner/shadow.js';
import { Standings, type Doubt } from '../../planner/standings.js';
import { UserSample } from '../../planner/user-sample.js';
import type { Random } from '../../util/seeded-random.js';
import { scoredBy } from './pushable.js';

/** Users with shadow devices, drawn by chance; beyond it whoever was silent for longest goes. */
export const SHADOW_USERS = 64;
/**
 * Items that the shadow devices of one contestant keep, together, about 80 bytes each. From nine tenths of it on nobody is taken
 * in, beyond it whoever was silent for longest goes.
 */
export const SHADOW_ITEMS = 65_536;
/**
 * Of all plans this share gets shadow plans in the long run; so many may be saved up, or owed. A user is followed wholly or
 * not at all, for a device that is pushed to now and then tells little: what is saved up takes users in, debts let them go.
 */
export const SHADOW_SHARE = { share: 0.15, saved: 30, owed: 90 } as const;
/** Writes of sampled users whose step has not come yet; beyond it the oldest is forgotten. */
const UNREPORTED = 1024;

/** The policy itself comes back soonest; a rival that is a little ahead is not believed easily (ADR 5). */
const DOUBT = {
  own: { near: 1, far: 1 },
  rival: { near: 8, far: 5 },
} as const satisfies Record<string, Doubt>;

/** Who ranks: the policy itself, or a rival. Two are the same if their places are. */
export interface Ruler {
  readonly place: number;
  readonly policy: Policy;
  readonly isRival: boolean;
}

interface Contestant extends Ruler {
  readonly doubt: Doubt;
}

/** What there is to offer to a device that lacks those. */
export type OffersTo = (lacks: (head: Pick<Head, 'item' | 'dataHash'>) => boolean) => readonly Scored[];

/** Hears of a step that counts: how many of its opens each policy would have had ready. */
export type Compared = (ready: readonly number[], opens: number) => void;

/**
 * Keeps a policy from doing worse than its rivals: each has shadow devices of a few users, and whoever's shadow would
 * spare more waits, by more than chance explains, rules the real plans. Deterministic: the same calls give the same ruler.
 */
export class Hedge {
  /** The policy first, then its rivals. */
  readonly #contestants: readonly Contestant[];
  readonly #shadows: readonly Shadow[];
  readonly #standings: Standings;
  readonly #users: UserSample<Pseudonym>;
  // By user and item: whether each shadow held what the user then changed.
  readonly #written = new Map<string, readonly boolean[]>();
  readonly #onCompared: Compared;
  #tokens = 0;

  /** `random` draws whom it follows. */
  constructor(
    policy: Policy,
    rivals: readonly Policy[],
    budget: BudgetTerms,
    random: Random,
    onCompared: Compared = () => undefined,
  ) {
    this.#users = new UserSample(SHADOW_USERS, random);
    this.#onCompared = onCompared;
    this.#contestants = [
      { policy, isRival: false, doubt: DOUBT.own },
      ...rivals.map((rival) => ({ policy: rival, isRival: true, doubt: DOUBT.rival })),
    ].map((contestant, place) => ({ ...contestant, place }));
    // A part of the users starts with a part of what all start with: with more, cheap pushes without aim would win.
    const part = { ...budget, startBytes: budget.startBytes * SHADOW_SHARE.share };
    this.#shadows = this.#contestants.map(
      ({ policy: { payment, byNeed = false } }) => new Shadow({ budget: part, payment, byNeed }),
    );
    this.#standings = new Standings(this.#contestants.map(({ doubt }) => doubt));
  }

  /** What steps showed here of who is best; see Standings. */
  lesson(): readonly number[] {
    return this.#standings.lesson();
  }

  /** Learns what they showed at another node. */
  taught(lesson: readonly number[]): void {
    this.#standings.taught(lesson);
  }

  /** Whose ranking rules the plans that begin now. */
  get ruler(): Ruler {
    return this.#contestant(this.#standings.leader);
  }

  /** The value that a ruler's shadow pays for, in the ruler's units: what its price starts from. */
  threshold({ place }: Ruler): number {
    return this.#shadows[place]?.threshold ?? Infinity;
  }

  /** Before a step is learned: who would have had ready what it opens. */
  observe(step: Step, stateOf: (item: ItemId) => ItemState | undefined): void {
    this.#admit(step.user);
    if (!this.#users.has(step.user)) return;
    const isWarm = this.#shadows.every((shadow) => shadow.isWarm);
    const ready = this.#shadows.map(() => 0);
    let opens = 0;
    for (const { item, kind } of step.items) {
      const state = stateOf(item);
      const key = keyOf(step.user, item);
      const written = this.#written.get(key);
      this.#written.delete(key);
      if (state === undefined) continue;
      if (kind === 'created') for (const shadow of this.#shadows) shadow.wrote(step.user, state);
      else {
        opens += 1;
        for (const [place, isThere] of this.#opened(step.user, state, written).entries())
          ready[place] = (ready[place] ?? 0) + (isThere ? 1 : 0);
      }
    }
    if (!isWarm) return;
    this.#standings.stepped(ready);
    if (opens > 0) this.#onCompared(ready, opens);
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

  /** Drops a user's shadow devices. */
  forget(user: Pseudonym): void {
    this.#users.drop(user);
    this.#forget(user);
    for (const key of this.#written.keys())
      if (key.startsWith(keyOf(user, NO_ITEM))) this.#written.delete(key);
  }

  /** Everyone's shadow plan of a question, each of what its own device lacks: whoever pushes more has less to choose from. */
  async plan(question: Question, offersTo: OffersTo): Promise<void> {
    const { user, kind } = question;
    const offered = this.#shadows.map((shadow) => {
      return offersTo(({ item, dataHash }) => shadow.holds(user, item) !== dataHash);
    });
    for (const [place, { policy }] of this.#contestants.entries()) {
      if (policy.plans === 'never' || (policy.plans === 'holders' && kind === 'user')) continue;
      const offers = offered[place] ?? [];
      if (offers.length === 0) continue;
      const about = { ...question, items: offers.map(({ item }) => item) };
      const scores = await (policy.peek?.(about) ?? policy.score(about));
      this.#shadows[place]?.plan(user, scoredBy(offers, scores, policy.lasting?.(about) ?? null, scores));
    }
  }

  /** New users are taken in while what is saved up for shadow plans is not used up, and there is room for their devices. */
  #admit(user: Pseudonym): void {
    const items = Math.max(...this.#shadows.map((shadow) => shadow.items));
    const isFull = items > 0.9 * SHADOW_ITEMS;
    const gone = this.#users.see(user, isFull ? 0 : this.#tokens / SHADOW_SHARE.saved);
    if (gone !== undefined) this.#forget(gone);
    const silent = items > SHADOW_ITEMS ? this.#users.dropOldest() : undefined;
    if (silent !== undefined) this.#forget(silent);
  }

  #forget(user: Pseudonym): void {
    for (const shadow of this.#shadows) shadow.forget(user);
  }

  /** Which shadows had it ready. */
  #opened(user: Pseudonym, state: ItemState, written: readonly boolean[] | undefined): readonly boolean[] {
    return this.#shadows.map((shadow, place) => {
      const isThere = shadow.opened(user, state);
      return written === undefined ? isThere : (written[place] ?? false);
    });
  }

  #contestant(place: number): Contestant {
    const contestant = this.#contestants[place];
    if (contestant === undefined) throw new RangeError(`a hedge has no contestant ${place}`);
    return contestant;
  }
}

const NO_ITEM = itemId('');

function keyOf(user: Pseudonym, item: ItemId): string {
  return `${user} ${item}`;
}
