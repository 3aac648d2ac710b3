import type { Step } from '../../domain/activity.js';
import type { Pseudonym, ItemId } from '../../domain/ids.js';
import type { Change } from '../../domain/item.js';
import { HORIZON_STEPS } from '../../domain/plan.js';

/**
 * Most examples that wait. Of a plan: its pushes and its `best` candidates, and `others` by chance. Of a user with more no
 * new ones are taken: to drop the oldest would keep their opens, which are known early, and lose their misses. Beyond the
 * total, and after `silentMs` without a step, a user counts as gone, and all theirs as not opened: to drop them would leave
 * the opens of short visits without their misses (scores on wikispeedia were three times too high).
 */
export const PENDING = {
  ofPlan: 32,
  best: 16,
  others: 8,
  ofUser: 1024,
  total: 45_056,
  silentMs: 60 * 24 * 60 * 60 * 1000,
} as const;

/** One candidate of a plan as the layer saw it, waiting for what comes of it. */
export interface Example {
  readonly kind: 'user' | 'holder';
  readonly item: ItemId;
  /** The layer's dense inputs. */
  readonly row: Float32Array;
  /** Places of its sparse inputs in the layer's table. */
  readonly keys: Int32Array;
  /** How many candidates of the plan it stands for, at least 1. */
  readonly weight: number;
  /** What the layer gave it, before calibration. */
  readonly logit: number;
  /** Whether the plan pushed it. */
  readonly isPushed: boolean;
}

export interface Outcome {
  readonly example: Example;
  /** Whether the user opened the item within `HORIZON_STEPS` own steps and before its content changed. */
  readonly opened: boolean;
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

/** Scored candidates of all users that wait for their outcome. Memory is bounded by `PENDING`. */
export class Outcomes {
  // Whoever was silent for longest comes first.
  readonly #users = new Map<Pseudonym, UserQueue>();
  readonly #usersOf = new Map<ItemId, Set<Pseudonym>>();
  #size = 0;

  /** Examples that wait. */
  get size(): number {
    return this.#size;
  }

  /** The examples of a plan begin to wait, as far as there is room for them. */
  planned(user: Pseudonym, examples: readonly Example[], nowMs: number): Planned {
    const queue = this.#users.get(user) ?? emptyQueue(nowMs);
    this.#users.set(user, queue);
    queue.waiting = queue.waiting.filter(({ isDone }) => !isDone);
    const taken = examples.slice(0, Math.min(PENDING.ofPlan, PENDING.ofUser - queue.waiting.length));
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
      for (const waiting of queue.byItem.get(item) ?? []) this.#decide(user, queue, waiting, true, outcomes);
    }
    for (const waiting of queue.waiting) {
      if (waiting.isDone) continue;
      if (waiting.due <= queue.steps || waiting.isChangedByUser)
        this.#decide(user, queue, waiting, false, outcomes);
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
        else this.#decide(user, queue, waiting, false, outcomes);
      }
    }
    return outcomes;
  }

  #wait(user: Pseudonym, queue: UserQueue, example: Example): void {
    const waiting = { example, due: queue.steps + HORIZON_STEPS, isChangedByUser: false, isDone: false };
    queue.waiting.push(waiting);
    const same = queue.byItem.get(example.item);
    if (same === undefined) queue.byItem.set(example.item, [waiting]);
    else same.push(waiting);
    const users = this.#usersOf.get(example.item) ?? new Set();
    this.#usersOf.set(example.item, users.add(user));
    this.#size += 1;
  }

  #decide(user: Pseudonym, queue: UserQueue, waiting: Waiting, opened: boolean, outcomes: Outcome[]): void {
    this.#done(user, queue, waiting);
    outcomes.push({ example: waiting.example, opened });
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
    const outcomes: Outcome[] = [];
    for (const [user, queue] of this.#users) {
      if (this.#size <= PENDING.total && nowMs - queue.activeMs <= PENDING.silentMs) break;
      for (const waiting of queue.waiting)
        if (!waiting.isDone) this.#decide(user, queue, waiting, false, outcomes);
      this.#users.delete(user);
    }
    return outcomes;
  }
}

function emptyQueue(nowMs: number): UserQueue {
  return { steps: 0, activeMs: nowMs, waiting: [], byItem: new Map() };
}
