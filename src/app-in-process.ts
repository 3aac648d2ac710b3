import { randomBytes } from 'node:crypto';
import { performance } from 'node:perf_hooks';
import { openLiveModel, SHIPPED_MODEL } from './app/model.js';
import { needsModel, rankingNamed } from './app/rankings.js';
import type { ActivityBatch } from './domain/activity.js';
import type { Clock } from './domain/clock.js';
import type { Devices, PlanObserver, Policy } from './domain/engine-port.js';
import { ForesyncError } from './domain/errors.js';
import type { DeviceId, Pseudonym, SpaceId } from './domain/ids.js';
import type { Change } from './domain/item.js';
import type { DevicePlan } from './domain/plan.js';
import type { UserStore } from './domain/store-port.js';
import { UNHURRIED_RULES } from './predictor/model/breaker-state.js';
import type { LiveModel } from './predictor/model/live-model.js';
import { Statistics } from './predictor/statistics.js';
import { Engine } from './session/space/engine.js';
import type { PushTerms } from './session/space/push-terms.js';
import { SpaceNode } from './session/space/space-node.js';
import { openMemory } from './store/memory.js';
import { storeLimits } from './store/options.js';

export interface InProcessOptions {
  readonly space: SpaceId;
  /** Name of a plain policy, or a policy of one's own over the space's statistics. */
  readonly policy: string | ((statistics: Statistics) => Policy);
  /** What the replay does with the policy before it uses it. */
  readonly wrap?: (policy: Policy, statistics: Statistics) => Policy;
  /** Folder of the model; null or left out = the one that comes with Foresync. */
  readonly model?: string | null;
  readonly push: PushTerms;
  /** Most candidates of a plan. */
  readonly candidates: number;
  readonly devices: Devices;
  readonly clock: Clock;
  readonly observer: PlanObserver;
}

/** One space without the network: store, context, predictor and planner as a server has them. */
export interface InProcess {
  /** Plans once the batch is durable. Throws SEQUENCE_GAP if one was left out; none for one that came before. */
  report(user: Pseudonym, device: DeviceId, batch: ActivityBatch): Promise<readonly DevicePlan[]>;
  changed(change: Change): Promise<readonly DevicePlan[]>;
  opened(bytes: number): void;
  close(): Promise<void>;
}

/** Batches that the store keeps: a replay reads none of them again. */
const KEPT_BATCHES = 16;

/** Composes one space over a memory store. Throws CONFIG_INVALID if there is no such policy. */
export async function openInProcess(options: InProcessOptions): Promise<InProcess> {
  const { space, devices, clock, observer, push } = options;
  const statistics = new Statistics({ candidateLimit: options.candidates });
  const limits = storeLimits({ feedRetention: KEPT_BATCHES, activityRetention: KEPT_BATCHES });
  const store = openMemory(limits, { clock, randomBytes });
  await store.spaces.ensure(space, 1);
  const { policy: ranking, model } = await rank(options, store.users, statistics);
  const policy = unexplained(options.wrap?.(ranking, statistics) ?? ranking);
  const stopwatchUs = (): number => performance.now() * 1000;
  const engine = new Engine({ space, statistics, policy, push, observer, stopwatchUs });
  const onPlanFault = (error: unknown): never => {
    throw ForesyncError.from(error);
  };
  const node = new SpaceNode({ space, engine, users: store.users, devices, clock, onPlanFault });
  return {
    report: async (user, device, batch) => {
      const result = await node.applyBatch(user, device, batch);
      if (result.kind === 'gap')
        throw new ForesyncError('SEQUENCE_GAP', `batch ${batch.sequence}, expected ${result.expected}`);
      return result.kind === 'applied' ? result.plans : [];
    },
    changed: (change) => node.onChange(change),
    opened: (bytes) => node.opened(bytes),
    close: async () => {
      await node.idle();
      await model?.close();
      await store.close();
    },
  };
}

/** Nobody reads why a replay pushes, and telling takes as long as ranking. */
function unexplained(policy: Policy): Policy {
  const { rivals } = policy;
  const quiet = { ...policy, explain: () => [] };
  return rivals === undefined ? quiet : { ...quiet, rivals: rivals.map(unexplained) };
}

/** The policy, and the network if it asks one. */
async function rank(
  { policy: named, space, model: folder }: InProcessOptions,
  users: UserStore,
  statistics: Statistics,
): Promise<{ readonly policy: Policy; readonly model: LiveModel | null }> {
  if (typeof named !== 'string') return { policy: named(statistics), model: null };
  const source = { folder: folder ?? SHIPPED_MODEL, rules: UNHURRIED_RULES };
  const model = needsModel(named) ? await openLiveModel(source) : null;
  const onLost = (error: unknown): never => {
    throw ForesyncError.from(error);
  };
  return { policy: rankingNamed(named, { model, users, onLost })(space, statistics), model };
}
