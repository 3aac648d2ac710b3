import type { Step } from './activity.js';
import type { Reason } from './checkpoint.js';
import type { UserContext } from './context.js';
import type { DataHash, DeviceId, ItemId, Pseudonym, SpaceId } from './ids.js';
import type { Change, Head } from './item.js';
import type { DevicePlan, Scored } from './plan.js';

/**
 * Ranks what a user may need next. Implemented by predictor/: the plain policies now, the recurrent model beside
 * them. Memory only: a plan reads the user's own context and the space's statistics, never the store.
 */
export interface Policy {
  readonly name: string;
  /** Scores of `items` for a user, in their order: finite, >= 0, higher is likelier. */
  score(question: Question): Float64Array | Promise<Float64Array>;
  /** Scores as `score` does and changes nothing, for who only asks; left out where scoring changes nothing anyway. */
  peek?(question: Question): Float64Array | Promise<Float64Array>;
  /**
   * What its plans rank the items of a question by that it scored last: the chance that what is pushed now is opened at all
   * before its content changes. Left out, or null: its scores.
   */
  lasting?(question: Question): Float64Array | null;
  /** Its scores as probabilities that hold, in the same order; left out where what ranks is what is told. */
  correct?(scores: Float64Array): Float64Array;
  /** Share of what a question's scores foretell that its device will see, above 0: ranks are worth so much. Left out: all. */
  deviceShare?(question: Question): number;
  /** The strongest reasons for one item, at most 3. */
  explain(question: Question, item: ItemId): readonly Reason[];
  /** How its pushes are paid: by `price` (ranked against all), or `first-come` in the order of its scores, while the budget lasts. */
  readonly payment: 'price' | 'first-come';
  /** Whether its plans rank by need while the budget pays for all that is offered; left out: by value for the bytes always. */
  readonly byNeed?: boolean;
  /** Which plans it makes. `mirror` plans only for holders of a change, `none` never pushes. */
  readonly plans: 'all' | 'holders' | 'never';
  /** Sees that a question which it scored became a plan, and which items that pushes: what comes of it can be learned from. */
  planned?(question: Question, pushed: readonly ItemId[]): void;
  /** Plain policies that the hedge compares it with: they rule the plans of a space where they do better. */
  readonly rivals?: readonly Policy[];
  /**
   * Sees a step before the space's statistics learn it; `before` is the user's context before it. Of one that another node
   * applied, that node keeps in the store what is kept there of its user.
   */
  observe?(step: Step, before: UserContext, isElsewhere?: boolean): void;
  /** Sees a change of an item's content, after the space's statistics. */
  changed?(change: Change): void;
  /** Drops what waits for this user's doings. What it learned of everybody together stays. */
  forget?(user: Pseudonym): void;
  /** What it learned and should know again after a restart. */
  readonly memory?: PolicyMemory;
  /** Items to plan instead of the candidates (the oracle knows better); undefined = the candidates. */
  choose?(question: Omit<Question, 'items'>): readonly ItemId[];
}

/** What a policy learned, as bytes. */
export interface PolicyMemory {
  dump(): Uint8Array;
  /** Goes on from a dump; false if that was learned under conditions which hold no more, STORE_CORRUPT if it is none. */
  load(bytes: Uint8Array): boolean;
  /** What it learned by itself since it was asked last; null if nothing, and at the first time, from which on it keeps account. */
  lesson(): Uint8Array | null;
  /** Learns what another node's lesson says; false if that is of another model or format, STORE_CORRUPT if it is none. */
  taught(lesson: Uint8Array): boolean;
}

export interface Question {
  /** `user`: after their own step. `holder`: somebody changed an item that they used before. */
  readonly kind: 'user' | 'holder';
  readonly space: SpaceId;
  readonly user: Pseudonym;
  readonly device: DeviceId;
  readonly context: UserContext;
  readonly items: readonly ItemId[];
  readonly nowMs: number;
}

/** What everyone did in a space: bounded counts in the memory of each node that serves it. */
export interface SpaceStatistics {
  /** Folds a step; `before` is the user's context before it. */
  learn(step: Step, before: UserContext): void;
  /** Folds a change of an item's content. */
  changed(change: Change, nowMs: number): void;
  /**
   * Items that the user might need next, best sources first, without duplicates, at most the configured number; only
   * those that `admits` lets in (default: all).
   */
  candidates(
    user: Pseudonym,
    context: UserContext,
    nowMs: number,
    admits?: (head: Head) => boolean,
  ): readonly ItemId[];
  /** Who opened the item before and was active within 60 days, latest access to it first, at most `HOLDERS`, without `writer`. */
  holders(item: ItemId, writer: Pseudonym | null, nowMs: number): readonly Pseudonym[];
  /** Current head of an item, undefined if it is unknown or deleted. */
  head(item: ItemId): Head | undefined;
  /** Every feature of the items of a question, by its name and in their order. */
  features(question: Question): ReadonlyMap<string, Float64Array>;
  /** Items whose part or link edges name this item, bounded. */
  dependants(item: ItemId): readonly ItemId[];
  /** Everybody that it knows. */
  users(): Iterable<Pseudonym>;
  /** Drops a user: what they used, and when. What everybody did stays counted, by nobody's name. */
  forget(user: Pseudonym): void;
  snapshot(): Uint8Array;
}

/** What a plan needs to know of a device: what it holds, what is under way to it, what it still accepts. */
export interface DeviceView {
  readonly user: Pseudonym;
  readonly device: DeviceId;
  /** See StoredUser: the era in which the user came. */
  readonly era: number;
  /** Hash of the content that the device holds or that is on its way to it; undefined if none. */
  holds(item: ItemId): DataHash | undefined;
  /** Whether this very content was already sent to the device as metadata. */
  knows(item: ItemId, hash: DataHash): boolean;
  /** Bytes of unasked content that the device's own budget still admits; Infinity if it has none. */
  allowance(nowMs: number): number;
}

/** The devices that can be pushed to now, by user, in order of their connection. */
export interface Devices {
  of(user: Pseudonym): readonly DeviceView[];
}

/**
 * The house's flow for one space on one node: context → statistics → candidates → scores → plan. Sessions drive it
 * over the network, the replay in process: both get the same plans for the same calls in the same order. A call may come
 * while another waits for its scores: what it learns, it learns at once.
 */
export interface SpaceEngine {
  readonly space: SpaceId;
  readonly statistics: SpaceStatistics;
  /** A user opened this many bytes on a device: earns push budget. */
  opened(bytes: number): void;
  /** A content changed: plans for its audience, or for those who opened it before. `contexts` loads a user's context. */
  onChange(
    change: Change,
    devices: Devices,
    contexts: Contexts,
    nowMs: number,
  ): Promise<readonly DevicePlan[]>;
  /**
   * A user's batch became durable: its steps are learned in order, then each device of the user gets a plan, the
   * reporting device first. `contexts` is the user's context before the first step and after each one; `isElsewhere`: another
   * node applied the batch.
   */
  onSteps(
    steps: readonly Step[],
    contexts: readonly UserContext[],
    devices: Devices,
    nowMs: number,
    isElsewhere?: boolean,
  ): Promise<readonly DevicePlan[]>;
  /** The items of a question as the next plan would rank them; changes nothing. */
  peek(question: Question): Promise<Peeked>;
  /** A planned push was never sent (superseded, queue full, session gone): its bytes come back. */
  refund(bytes: number): void;
  /** What it learned by itself since it was asked last; null if nothing, and at the first time, from which on it keeps account. */
  lesson(): Uint8Array | null;
  /** Learns a lesson of another node's; one of another model or format is left alone. Throws STORE_CORRUPT. */
  taught(lesson: Uint8Array): void;
  /** Drops what it knows of one user. */
  forget(user: Pseudonym): void;
}

/** What a plan would know of the items of a question. */
export interface Peeked {
  /** In the order of the items; as `Policy.score` says. */
  readonly scores: ArrayLike<number>;
  /** What orders them: the scores, or those of a rival that rules the space now, in units of its own. */
  readonly ranks: ArrayLike<number>;
  /** The strongest reasons for one of them, at most 3. */
  readonly explain: (item: ItemId) => readonly Reason[];
}

/** Contexts of users, from memory where a session is live, else from the store. */
export interface Contexts {
  of(user: Pseudonym): Promise<UserContext>;
}

/** Sees every plan, for measurements; it must not change anything. */
export interface PlanObserver {
  onPlan(seen: PlanSeen): void;
}

export interface PlanSeen {
  readonly kind: 'user' | 'holder';
  readonly user: Pseudonym;
  readonly device: DeviceId;
  /** Every candidate of the plan, held or not. */
  readonly candidates: readonly ItemId[];
  /** Those that could be pushed, in the order of `candidates`. */
  readonly pushable: readonly Scored[];
  readonly plan: DevicePlan;
  /** Duration of candidates, scores and plan, microseconds. */
  readonly tookUs: number;
}
