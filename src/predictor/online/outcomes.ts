import type { Step } from '../../domain/activity.js';
import type { Pseudonym, ItemId } from '../../domain/ids.js';
import type { Change } from '../../domain/item.js';
import { HORIZON_STEPS } from '../../domain/plan.js';

/** How long candidates wait for their outcome, and how many of them. */
export interface WaitTerms {
  /** An open counts within so many own steps. */
  readonly steps: number;
  readonly ofPlan: number;
  /** Of a user with more no new ones are taken: to drop the oldest would keep their opens, which are known early, and lose their misses. */
  readonly ofUser: number;
  /**
   * Beyond it, and after `silentMs` without a step, a user counts as gone, and all theirs as not opened: to drop them would leave the
   * opens of short visits without their misses (scores on wikispeedia were three times too high).
   */
  readonly total: number;
  readonly silentMs: number;
}

/** What a score foretells. Of a plan its pushes and its `best` candidates wait, and `others` by chance. */
export const PENDING = {
  steps: HORIZON_STEPS,
  ofPlan: 64,
  best: 32,
  others: 16,
  ofUser: 2048,
  total: 90_112,
  silentMs: 60 * 24 * 60 * 60 * 1000,
} as const satisfies WaitTerms & Record<string, number>;

/** One candidate of a plan as the layer saw it, waiting for what comes of it. */
export interface Example {
  readonly kind: 'user' | 'holder';
  readonly item: ItemId;
  /** The layer's dense inputs. */
  readonly row: Float32Array;
  /** How many candidates of the plan it stands for, at least 1. */
  readonly weight: number;
  /** What the layer gave it, before calibration. */
  readonly logit: number;
  /** Whether the plan pushed it. */
  readonly isPushed: boolean;
}

export interface Outcome {
  readonly example: Example;
  /**
   * `opened` in time and before its content changed; `late`: not in time, so that it may still be opened; `outdated`: its content
   * changed before; `gone`: the user counts as gone.
   */
  readonly end: 'opened' | 'late' | 'outdated' | 'gone';
}

export interface Planned {
  /** Those that wait now: only of these an open will be heard of. */
  readonly taken: readonly Example[];
  /** What is over because users are gone. */
  readonly over: readonly Outcome[];
}

interface Waiting {
  readonly example: Example;
  /** The user's step, counted from when they became known, after which it is too late. */
  readonly due: number;
  /** The user themself changed the item: only the step which that belongs to still counts. */
  isChangedByUser: boolean;
  isDone: boolean;
}

interface UserQueue {
  steps: number;
  /** Of the last step, or of the first plan. */
  activeMs: number;
  /** In the order of their plans, those that are done among them. */
  waiting: Waiting[];
  readonly byItem: Map<ItemId, Waiting[]>;
}

/** Scored candidates of all users that wait for their outcome. Memory is bounded by its terms. */
export class Outcomes {
  // Whoever was silent for longest comes first.
  readonly #users = new Map<Pseudonym, UserQueue>();
  readonly #usersOf = new Map<ItemId, Set<Pseudonym>>();
  readonly #terms: WaitTerms;
  #size = 0;

  constructor(terms: WaitTerms = PENDING) {
    this.#terms = terms;
  }

  /** Examples that wait. */
  get size(): number {
    return this.#size;
  }

  /** The examples of a plan begin to wait, as far as there is room for them. */
  planned(user: Pseudonym, examples: readonly Example[], nowMs: number): Planned {
    const queue = this.#users.get(user) ?? emptyQueue(nowMs);
    this.#users.set(user, queue);
    queue.waiting = queue.waiting.filter(({ isDone }) => !isDone);
    const { ofPlan, ofUser } = this.#terms;
    const taken = examples.slice(0, Math.min(ofPlan, ofUser - queue.waiting.length));
    for (const example of taken) this.#wait(user, queue, example);
    return { taken, over: this.#givenUp(nowMs) };
  }

  /** What a step of a user decides. A step without items is none. */
  observe({ user, items, timeMs }: Step): readonly Outcome[] {
    const queue = this.#users.get(user);
    if (queue === undefined || items.length === 0) return [];
    this.#users.delete(user);
    this.#users.set(user, queue);
    queue.steps += 1;
    queue.activeMs = Math.max(queue.activeMs, timeMs);
    const outcomes: Outcome[] = [];
    for (const { item, kind } of items) {
      if (kind === 'created') continue;
      for (const waiting of queue.byItem.get(item) ?? []) {
        this.#decide(user, queue, waiting, 'opened', outcomes);
      }
    }
    for (const waiting of queue.waiting) {
      if (waiting.isDone) continue;
      if (waiting.isChangedByUser) this.#decide(user, queue, waiting, 'outdated', outcomes);
      else if (waiting.due <= queue.steps) this.#decide(user, queue, waiting, 'late', outcomes);
    }
    queue.waiting = queue.waiting.filter(({ isDone }) => !isDone);
    return outcomes;
  }

  /** Drops what waits for a user: nothing is learned of it. */
  forget(user: Pseudonym): void {
    const queue = this.#users.get(user);
    for (const waiting of queue?.waiting ?? [])
      if (queue !== undefined && !waiting.isDone) this.#done(user, queue, waiting);
    this.#users.delete(user);
  }

  /** What a new content of an item decides: for the writer only their step will tell whether they opened it. */
  changed({ head, writer }: Change): readonly Outcome[] {
    const outcomes: Outcome[] = [];
    for (const user of [...(this.#usersOf.get(head.item) ?? [])]) {
      const queue = this.#users.get(user);
      if (queue === undefined) continue;
      for (const waiting of [...(queue.byItem.get(head.item) ?? [])]) {
        if (user === writer) waiting.isChangedByUser = true;
        else this.#decide(user, queue, waiting, 'outdated', outcomes);
      }
    }
    return outcomes;
  }

  #wait(user: Pseudonym, queue: UserQueue, example: Example): void {
    const waiting = { example, due: queue.steps + this.#terms.steps, isChangedByUser: false, isDone: false };
    queue.waiting.push(waiting);
    const same = queue.byItem.get(example.item);
    if (same === undefined) queue.byItem.set(example.item, [waiting]);
    else same.push(waiting);
    const users = this.#usersOf.get(example.item) ?? new Set();
    this.#usersOf.set(example.item, users.add(user));
    this.#size += 1;
  }

  #decide(
    user: Pseudonym,
    queue: UserQueue,
    waiting: Waiting,
    end: Outcome['end'],
    outcomes: Outcome[],
  ): void {
    this.#done(user, queue, waiting);
    outcomes.push({ example: waiting.example, end });
  }

  #done(user: Pseudonym, queue: UserQueue, waiting: Waiting): void {
    waiting.isDone = true;
    this.#size -= 1;
    const { item } = waiting.example;
    const rest = (queue.byItem.get(item) ?? []).filter((other) => other !== waiting);
    if (rest.length > 0) {
      queue.byItem.set(item, rest);
      return;
    }
    queue.byItem.delete(item);
    const users = this.#usersOf.get(item);
    users?.delete(user);
    if (users?.size === 0) this.#usersOf.delete(item);
  }

  #givenUp(nowMs: number): readonly Outcome[] {
    const { total, silentMs } = this.#terms;
    const outcomes: Outcome[] = [];
    for (const [user, queue] of this.#users) {
      if (this.#size <= total && nowMs - queue.activeMs <= silentMs) break;
      for (const waiting of queue.waiting)
        if (!waiting.isDone) this.#decide(user, queue, waiting, 'gone', outcomes);
      this.#users.delete(user);
    }
    return outcomes;
  }
}

function emptyQueue(nowMs: number): UserQueue {
  return { steps: 0, activeMs: nowMs, waiting: [], byItem: new Map() };
}
