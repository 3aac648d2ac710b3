import { randomBytes } from 'node:crypto';
import { performance } from 'node:perf_hooks';
import type { Clock } from '../domain/clock.js';
import type { Devices, PlanObserver } from '../domain/engine-port.js';
import { ForesyncError } from '../domain/errors.js';
import type { SpaceId } from '../domain/ids.js';
import type { Store } from '../domain/store-port.js';
import { Engine } from '../session/space/engine.js';
import type { SessionObserver } from '../session/observer.js';
import { Lessons } from '../session/space/lessons.js';
import type { PushTerms } from '../session/space/push-terms.js';
import { LastScores } from '../session/space/last-scores.js';
import type { SpaceHeart } from '../session/space/space-heart.js';
import { SpaceNode } from '../session/space/space-node.js';
import type { Timer } from '../session/timer.js';
import { nowAndThen } from './now-and-then.js';
import type { PolicyFactory } from './rankings.js';
import { recollect, recollectPolicy, saving } from './recollection.js';
import { rehearsalOf, type Understudy } from './understudy.js';

export interface HeartsDeps {
  readonly store: Store;
  readonly clock: Clock;
  readonly timer: Timer;
  readonly policy: PolicyFactory;
  readonly push: PushTerms;
  readonly candidates: number;
  readonly plans: PlanObserver;
  readonly sessions: SessionObserver;
  /** Hears of each plan that was made without the model. */
  readonly onModelFailed: (error: ForesyncError) => void;
  /** null = nobody. */
  readonly understudy: Understudy | null;
  /** Longest time that what a space learned is in memory alone, ms. */
  readonly snapshotMs: number;
}

/** Composes the heart of a space from what it knew when it was last used. */
export async function openHeart(deps: HeartsDeps, space: SpaceId, devices: Devices): Promise<SpaceHeart> {
  const { store, clock, plans, push, sessions } = deps;
  const fault = (thrown: unknown): void => sessions.fault('plan', ForesyncError.from(thrown), space);
  const { spaces } = store;
  const onLearning = (thrown: unknown): void =>
    sessions.fault('recollection', ForesyncError.from(thrown), space);
  const damage: ForesyncError[] = [];
  const onCorrupt = (error: ForesyncError): void => {
    damage.push(error);
    onLearning(error);
  };
  const recollecting = { spaces, candidates: deps.candidates, onCorrupt };
  const { statistics, learned } = await recollect(recollecting, space);
  const policy = deps.policy(space, statistics);
  const { memory } = policy;
  // It knows users by the statistics' numbers: made anew, those are others.
  const { isShared, users } = store;
  const recall = async (newerThan?: number): Promise<number> =>
    memory === undefined ? 0 : recollectPolicy(recollecting, space, memory, newerThan);
  const after = damage.length === 0 ? await recall() : 0;
  const stopwatchUs = (): number => performance.now() * 1000;
  const { onModelFailed } = deps;
  const scores: LastScores = new LastScores({
    space,
    statistics,
    users: store.users,
    userContext: (user): Promise<string> => node.userContext(user),
    eraOf: (user) => devices.of(user)[0]?.era ?? 0,
  });
  const seen = { observer: both(plans, scores), stopwatchUs, onModelFailed };
  const beside = rehearsalOf(deps.understudy, { space, statistics, policy, push });
  const engine = new Engine({ space, statistics, policy, push, ...seen, ...beside });
  const parts = { space, engine, users, devices, clock, isShared, learned };
  const node = new SpaceNode({ ...parts, onPlanFault: fault });
  const onUnwritten = (thrown: unknown): void =>
    sessions.fault('write-behind', ForesyncError.from(thrown), space);
  const stopWriting = nowAndThen(deps.timer, SCORES_BEHIND_MS, () => scores.write().catch(onUnwritten));
  const teller = randomBytes(16).toString('hex');
  const telling = { space, spaces, engine, teller, after, fallenBehind: recall, onCorrupt: onLearning };
  const lessons = isShared ? new Lessons(telling) : null;
  const exchange = async (): Promise<void> => lessons?.exchange();
  const exchanged = async (): Promise<number> => {
    await exchange();
    return lessons?.after ?? 0;
  };
  const heard = (): number | null => (isShared ? node.heard : null);
  const keep = { statistics, memory, heard, ...(isShared ? { exchanged } : {}) };
  const save = saving(store.spaces, space, keep);
  const stopSaving = nowAndThen(deps.timer, deps.snapshotMs, () => save().catch(onLearning));
  return {
    applyBatch: (user, device, batch, era) => node.applyBatch(user, device, batch, era),
    appliedElsewhere: (entry) => node.appliedElsewhere(entry),
    onChange: (change) => node.onChange(change),
    opened: (bytes) => node.opened(bytes),
    refund: (bytes) => node.refund(bytes),
    userContext: (user) => node.userContext(user),
    score: (user, item) => scores.of(user, item),
    predict: (user, k) => node.predict(user, k),
    explain: (user, item) => node.explain(user, item),
    forget: (user) => {
      scores.forget(user);
      node.forget(user);
    },
    forgottenElsewhere: (mark) => {
      const user = node.forgottenElsewhere(mark);
      if (user !== undefined) scores.forget(user);
    },
    exchange,
    save,
    close: async () => {
      await node.idle();
      await stopWriting();
      await stopSaving();
    },
  };
}

/** Scores of the last moments that a crash may cost, ms. */
const SCORES_BEHIND_MS = 5_000;

const both = (one: PlanObserver, other: PlanObserver): PlanObserver => ({
  onPlan(seen) {
    one.onPlan(seen);
    other.onPlan(seen);
  },
});
