import { decodeContext, encodeContext } from '../../context/codec.js';
import { fold } from '../../context/reducer.js';
import { stepsOf } from '../../context/steps.js';
import { summarise } from '../../context/summary.js';
import type { ActivityBatch, Step } from '../../domain/activity.js';
import type { Clock } from '../../domain/clock.js';
import type { UserContext } from '../../domain/context.js';
import { EMPTY_CONTEXT } from '../../domain/context.js';
import type { Contexts, Devices, SpaceEngine } from '../../domain/engine-port.js';
import { ForesyncError } from '../../domain/errors.js';
import type { DeviceId, ItemId, Pseudonym, SpaceId } from '../../domain/ids.js';
import type { Change } from '../../domain/item.js';
import type { DevicePlan } from '../../domain/plan.js';
import type { Explanation, Prediction } from '../../domain/prediction-port.js';
import type { FeedEntry, ForgottenMark, UserStore } from '../../domain/store-port.js';
import { forgottenMark } from '../../util/forgotten-mark.js';
import { ContextCache } from './context-cache.js';
import { explain, predict, type Person } from './foresight.js';
import { OwnBatches } from './own-batches.js';
import type { AppliedBatch, SpaceHeart } from './space-heart.js';

export interface SpaceNodeParts {
  readonly space: SpaceId;
  readonly engine: SpaceEngine;
  readonly users: UserStore;
  /** Whom plans can be made for: the live sessions of this node, or a replay's devices. */
  readonly devices: Devices;
  readonly clock: Clock;
  /** Whether other nodes apply batches of the space too. */
  readonly isShared?: boolean;
  /** Up to where the feed was learned before. */
  readonly learned?: number;
  /** Hears of a batch that is durable and could not be planned for: it is acknowledged all the same. */
  onPlanFault(error: unknown): void;
}

/** Another device of the user got in between so often that the store must be in trouble. */
const ATTEMPTS = 16;

/**
 * One space on one node: batches become context and plans, changes become plans. The same for live sessions and for a
 * replay. Batches may come concurrently; the engine learns them in the order in which they became durable, and while it
 * waits for the scores of one plan it goes on with the next, so that plans of several users share a run of the model.
 */
export class SpaceNode
  implements Omit<SpaceHeart, 'score' | 'forgottenElsewhere' | 'exchange' | 'save'>, Contexts
{
  readonly #space: SpaceId;
  readonly #engine: SpaceEngine;
  readonly #users: UserStore;
  readonly #devices: Devices;
  readonly #clock: Clock;
  readonly #onPlanFault: (error: unknown) => void;
  readonly #contexts = new ContextCache();
  /** Contexts as the feed tells them, to learn from: the store's may be ahead of the entry. */
  readonly #told = new ContextCache();
  /** null where nobody reads the feed. */
  readonly #own: OwnBatches | null;
  #heard: number;
  // At most one for each session and each tail.
  readonly #running = new Set<Promise<unknown>>();

  constructor(parts: SpaceNodeParts) {
    this.#space = parts.space;
    this.#engine = parts.engine;
    this.#users = parts.users;
    this.#devices = parts.devices;
    this.#clock = parts.clock;
    this.#own = parts.isShared === true ? new OwnBatches() : null;
    this.#heard = parts.learned ?? 0;
    this.#onPlanFault = (error) => parts.onPlanFault(error);
  }

  /**
   * Applies a batch once, however often it comes; resolves when it is durable and its plans are made. Throws
   * FORGOTTEN, and STORE_UNAVAILABLE; trying again is safe, but then there are no plans if it had been applied.
   */
  async applyBatch(user: Pseudonym, device: DeviceId, batch: ActivityBatch, era = 0): Promise<AppliedBatch> {
    const steps = stepsOf(user, device, batch);
    this.#own?.add(user, device, batch);
    try {
      const applied = await this.#apply(user, device, batch, steps, era);
      if (applied.kind !== 'applied') this.#own?.take(user, device, batch);
      return applied;
    } catch (thrown) {
      // If it was applied nevertheless, it is learned from the feed.
      this.#own?.take(user, device, batch);
      throw thrown;
    }
  }

  /**
   * What another node applied: learned, and planned for those of the user's devices that are connected here. Never throws.
   */
  async appliedElsewhere({ offset, user, device, batch }: FeedEntry): Promise<readonly DevicePlan[]> {
    this.#heard = offset;
    if (this.#own?.take(user, device, batch) === true) return [];
    const steps = stepsOf(user, device, batch);
    const before = (this.#contexts.get(user) ?? this.#told.get(user))?.context ?? EMPTY_CONTEXT;
    const contexts = [...foldAll(before, steps)];
    const after = contexts.at(-1) ?? before;
    this.#contexts.drop(user);
    this.#told.put(user, { version: 0, context: after });
    try {
      if (this.#devices.of(user).length > 0) contexts.splice(-1, 1, await this.of(user));
    } catch (thrown) {
      this.#onPlanFault(thrown);
    }
    return this.#planFor(steps, contexts, true);
  }

  async #apply(
    user: Pseudonym,
    device: DeviceId,
    batch: ActivityBatch,
    steps: readonly Step[],
    era: number,
  ): Promise<AppliedBatch> {
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
      const before = await this.#stored(user);
      const contexts = foldAll(before.context, steps);
      const after = contexts.at(-1) ?? before.context;
      const expectedVersion = before.version;
      const bytes = encodeContext(after);
      const result = await this.#users.apply(user, device, batch, { expectedVersion, bytes }, era);
      if (result.kind === 'duplicate' || result.kind === 'gap') return result;
      if (result.kind === 'applied') {
        this.#contexts.put(user, { version: expectedVersion + 1, context: after });
        return { ...result, plans: await this.#planFor(steps, contexts) };
      }
      this.#contexts.drop(user);
    }
    throw new ForesyncError('STORE_UNAVAILABLE', `the context changed ${ATTEMPTS} times in between`);
  }

  /** A content changed: notes it and plans for those whom it concerns. */
  onChange(change: Change): Promise<readonly DevicePlan[]> {
    const nowMs = this.#clock.now();
    this.#engine.statistics.changed(change, nowMs);
    return this.#run(this.#engine.onChange(change, this.#devices, this, nowMs));
  }

  /** A device opened content of this many bytes: that earns budget. */
  opened(bytes: number): void {
    this.#engine.opened(bytes);
  }

  /** A planned push was never sent. */
  refund(bytes: number): void {
    this.#engine.refund(bytes);
  }

  async of(user: Pseudonym): Promise<UserContext> {
    return (await this.#stored(user)).context;
  }

  /** The `user_context` of the user's checkpoints: JSON of at most 4 KiB, empty if nothing is known. */
  async userContext(user: Pseudonym): Promise<string> {
    return summarise(await this.of(user));
  }

  async predict(user: Pseudonym, k: number): Promise<readonly Prediction[]> {
    return this.#run(predict(this.#engine, await this.#person(user), k));
  }

  async explain(user: Pseudonym, item: ItemId): Promise<Explanation | null> {
    return this.#run(explain(this.#engine, await this.#person(user), item));
  }

  /** See SpaceHeart. */
  forget(user: Pseudonym): void {
    for (const contexts of [this.#contexts, this.#told]) contexts.drop(user);
    this.#own?.forget(user);
    this.#engine.forget(user);
  }

  /** See SpaceHeart; answers who it was, if that is known here. */
  forgottenElsewhere({ offset, mark }: ForgottenMark): Pseudonym | undefined {
    this.#heard = offset;
    const known = [this.#contexts.users(), this.#told.users(), this.#engine.statistics.users()];
    for (const users of known)
      for (const user of users) {
        if (forgottenMark(user) !== mark) continue;
        this.forget(user);
        return user;
      }
    return undefined;
  }

  /** The last entry of a shared feed that came by. */
  get heard(): number {
    return this.#heard;
  }

  /** Resolves when every call that was made before is done. */
  async idle(): Promise<void> {
    while (this.#running.size > 0) await Promise.allSettled(this.#running);
  }

  async #person(user: Pseudonym): Promise<Person> {
    return { user, context: await this.of(user), nowMs: this.#clock.now() };
  }

  async #stored(user: Pseudonym): Promise<{ readonly version: number; readonly context: UserContext }> {
    const known = this.#contexts.get(user);
    // Versions of an era begin with it: what is remembered of one before is nobody's any more.
    const [device] = this.#devices.of(user);
    if (known !== undefined && known.version >= (device?.era ?? 0)) return known;
    const { version, bytes } = await this.#users.context(user, this.#space);
    const read = { version, context: decodeContext(bytes) };
    this.#contexts.put(user, read);
    return read;
  }

  async #planFor(
    steps: readonly Step[],
    contexts: readonly UserContext[],
    isElsewhere = false,
  ): Promise<readonly DevicePlan[]> {
    try {
      return await this.#run(
        this.#engine.onSteps(steps, contexts, this.#devices, this.#clock.now(), isElsewhere),
      );
    } catch (thrown) {
      this.#onPlanFault(thrown);
      return [];
    }
  }

  async #run<T>(call: Promise<T>): Promise<T> {
    this.#running.add(call);
    try {
      return await call;
    } finally {
      this.#running.delete(call);
    }
  }
}

/** The context before the first step and after each one. */
function foldAll(before: UserContext, steps: readonly Step[]): readonly UserContext[] {
  const contexts = [before];
  let last = before;
  for (const step of steps) {
    last = fold(last, step);
    contexts.push(last);
  }
  return contexts;
}
