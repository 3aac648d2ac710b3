import { openInProcess, type InProcess, type InProcessOptions } from '../app-in-process.js';
import type { ActivityBatch } from '../domain/activity.js';
import {
  pseudonym,
  spaceId,
  type DeviceId,
  type ItemId,
  type Pseudonym,
  type SpaceId,
} from '../domain/ids.js';
import type { Change } from '../domain/item.js';
import type { DevicePlan } from '../domain/plan.js';
import { waitsWithoutPushes } from './baseline.js';
import type { PolicyResult } from './figure-types.js';
import { deviceOf, Fleet, type Holding, type ReplayDevice } from './fleet.js';
import { replayPush } from './push-terms.js';
import { olderItems } from './older-items.js';
import { oracleOf } from './oracle.js';
import { Recorder } from './recorder.js';
import { activitiesOf } from './step-activities.js';
import type { OutsideChange, Trace, TraceStep } from './trace-types.js';
import { World } from './world.js';

export interface InProcessReplay {
  /** Bytes that may be pushed for each byte that is opened. */
  readonly budget: number;
  /** Most candidates of a plan. */
  readonly candidates?: number;
  /** Folder of the model; null = the one that comes with Foresync. */
  readonly model?: string | null;
  /** What is done with the policy before it is used. */
  readonly wrap?: InProcessOptions['wrap'];
  readonly signal?: AbortSignal;
  /** Told which moment of the trace is about to be replayed. */
  onMoment?(place: number): void;
  /** Sees every change of a content. */
  onChange?(change: Change): void;
  /** Sees a step before it happens, and what its device holds then, from the least to the most recently used. */
  onStep?(step: TraceStep, held: Iterable<Holding>): Promise<void>;
  /** Told every so often how many steps are done. */
  onProgress?(steps: number, total: number): void;
}

/** Most candidates of a plan, the number that the figures of REPLAY.md were made with. */
export const REPLAY_CANDIDATES = 140;

/** Steps between two words of progress; between them other work of the process gets its turn. */
const PROGRESS_STEPS = 256;

/**
 * Replays a trace under one policy with the store, predictor and planner of a server, but no network: the same counts
 * as over gRPC. `policy` is a name or a policy of one's own. `reach` stays null: see `withReach`. Throws CONFIG_INVALID if there is no such policy.
 */
export async function replayInProcess(
  trace: Trace,
  policy: InProcessOptions['policy'],
  options: InProcessReplay,
): Promise<PolicyResult> {
  const replay = await Replay.open(trace, policy, options);
  try {
    // What will be needed is no secret to the oracle, so it may be there for it from the start.
    if (policy === 'oracle') await replay.put(olderItems(trace));
    for (const [place, moment] of trace.moments.entries()) {
      options.onMoment?.(place);
      if (moment.kind === 'outside') await replay.outside(moment);
      else {
        await options.onStep?.(moment, replay.heldBefore(moment));
        await replay.step(moment);
        if (moment.index % PROGRESS_STEPS === 0) await pause(moment, trace, options);
      }
    }
    options.onProgress?.(trace.steps.length, trace.steps.length);
    return replay.finish();
  } finally {
    await replay.close();
  }
}

async function pause({ index }: TraceStep, trace: Trace, options: InProcessReplay): Promise<void> {
  options.signal?.throwIfAborted();
  options.onProgress?.(index, trace.steps.length);
  await new Promise<void>((resolve) => setImmediate(resolve));
}

/** One run of one policy. */
class Replay {
  readonly #space: SpaceId;
  readonly #world: World;
  readonly #fleet: Fleet;
  readonly #recorder: Recorder;
  readonly #clock: { nowMs: number };
  readonly #sequences = new Map<ReplayDevice, number>();
  readonly #service: InProcess;
  readonly #onChange: (change: Change) => void;

  static async open(
    trace: Trace,
    policy: InProcessOptions['policy'],
    options: InProcessReplay,
  ): Promise<Replay> {
    const recorder = new Recorder(trace, waitsWithoutPushes(trace));
    const fleet = new Fleet(trace);
    const clock = { nowMs: 0 };
    const space = spaceId(trace.name);
    const service = await openInProcess({
      space,
      policy: policy === 'oracle' ? () => oracleOf(recorder) : policy,
      push: replayPush(trace, options.budget),
      ...(options.wrap === undefined ? {} : { wrap: options.wrap }),
      model: options.model ?? null,
      candidates: options.candidates ?? REPLAY_CANDIDATES,
      devices: fleet,
      clock: { now: () => clock.nowMs },
      observer: recorder,
    });
    const world = new World(trace, space);
    const onChange = (change: Change): void => options.onChange?.(change);
    return new Replay({ space, world, fleet, recorder, clock, service, onChange });
  }

  private constructor(parts: {
    readonly space: SpaceId;
    readonly world: World;
    readonly fleet: Fleet;
    readonly recorder: Recorder;
    readonly clock: { nowMs: number };
    readonly service: InProcess;
    readonly onChange: (change: Change) => void;
  }) {
    this.#space = parts.space;
    this.#world = parts.world;
    this.#fleet = parts.fleet;
    this.#recorder = parts.recorder;
    this.#clock = parts.clock;
    this.#service = parts.service;
    this.#onChange = parts.onChange;
  }

  /** Puts items before anything happens. */
  async put(items: readonly ItemId[]): Promise<void> {
    for (const item of items) await this.#need(item);
  }

  async outside(moment: OutsideChange): Promise<void> {
    this.#clock.nowMs = moment.timeS * 1000;
    this.#recorder.begin(moment);
    this.#recorder.changed(moment.item);
    await this.#changed(this.#world.outside(moment.item, this.#clock.nowMs, moment.users));
  }

  /** Need, write, plans of holders, plan of the user: in this order (REPLAY.md, "What happens at a step"). */
  async step(step: TraceStep): Promise<void> {
    this.#clock.nowMs = step.timeS * 1000;
    this.#recorder.begin(step);
    const device = this.#fleet.device(pseudonym(step.user), deviceOf(step));
    await this.#open(step, device);
    for (const { item, written } of step.items) {
      if (written) await this.#changed(this.#write(step, device, item));
    }
    this.#recorder.stepped(step);
    this.#deliver(await this.#service.report(device.user, device.device, this.#batch(step, device)));
  }

  heldBefore(step: TraceStep): Iterable<Holding> {
    return this.#fleet.device(pseudonym(step.user), deviceOf(step)).held;
  }

  finish(): PolicyResult {
    return this.#recorder.finish(null);
  }

  close(): Promise<void> {
    return this.#service.close();
  }

  async #open(step: TraceStep, device: ReplayDevice): Promise<void> {
    let bytes = 0;
    for (const { item, created } of step.items) {
      if (created) continue;
      await this.#need(item);
      const content = this.#world.content(item);
      const { zeroWait, evicted } = device.open(content);
      this.#recorder.opened(device.user, device.device, item, content.bytes, zeroWait);
      this.#evicted(device, evicted);
      bytes += content.bytes;
    }
    this.#service.opened(bytes);
  }

  async #need(item: ItemId): Promise<void> {
    const put = this.#world.need(item, this.#clock.nowMs);
    if (put !== null) await this.#changed(put);
  }

  async #changed(change: Change): Promise<void> {
    this.#onChange(change);
    this.#deliver(await this.#service.changed(change));
  }

  #write(step: TraceStep, device: ReplayDevice, item: ItemId): Change {
    const change = this.#world.write(item, this.#clock.nowMs, step.user);
    this.#recorder.changed(item);
    this.#evicted(device, device.receive(this.#world.content(item)));
    this.#recorder.wrote(device.user, device.device, item);
    return change;
  }

  #batch(step: TraceStep, device: ReplayDevice): ActivityBatch {
    const sequence = (this.#sequences.get(device) ?? 0) + 1;
    this.#sequences.set(device, sequence);
    return { space: this.#space, sequence, activities: activitiesOf(step) };
  }

  #deliver(plans: readonly DevicePlan[]): void {
    for (const { user, device, pushes } of plans) {
      for (const { kind, scored } of pushes) {
        if (kind === 'content') for (const { item } of scored.bundle) this.#receive(user, device, item);
      }
    }
  }

  #receive(user: Pseudonym, name: DeviceId, item: ItemId): void {
    const device = this.#fleet.device(user, name);
    const content = this.#world.content(item);
    this.#recorder.pushed(user, name, item, content.bytes);
    this.#evicted(device, device.receive(content));
  }

  #evicted(device: ReplayDevice, items: readonly ItemId[]): void {
    for (const item of items) this.#recorder.evicted(device.user, device.device, item);
  }
}
