import type { ReplayServer } from '../../app-replay.js';
import { startReplayServer } from '../../app-replay.js';
import type { ItemId } from '../../domain/ids.js';
import { spaceId } from '../../domain/ids.js';
import { waitsWithoutPushes } from '../baseline.js';
import type { PolicyResult } from '../figure-types.js';
import type { InProcessReplay } from '../in-process.js';
import { REPLAY_CANDIDATES } from '../in-process.js';
import { firstMeasured } from '../measured.js';
import { olderItems } from '../older-items.js';
import { replayPush } from '../push-terms.js';
import { Recorder } from '../recorder.js';
import type { OutsideChange, Trace, TraceStep } from '../trace-types.js';
import { Backend } from './backend.js';
import { LiveContents } from './contents.js';
import type { LiveDevice } from './live-device.js';
import type { FleetOptions } from './live-fleet.js';
import { LiveFleet } from './live-fleet.js';
import { livePolicy, TraceNames } from './trace-names.js';
import { WireMeter } from './wire-meter.js';

/** As in process, and where the server keeps its data. */
export interface LiveReplayOptions extends InProcessReplay {
  /** As the setting store.url: an empty store; left out = in memory. */
  readonly store?: string;
  /** Server nodes that share that store, devices in turn at each; left out = 1. */
  readonly nodes?: number;
}

/** Steps between two words of progress. */
const PROGRESS_STEPS = 16;

/**
 * Replays a trace under one policy through a real server, with a real client over gRPC for each device. Devices are
 * connected at the same time, steps come one after the other: a step starts only when every push of the one before is
 * acknowledged and the statistics are applied, so the counts are those of `replayInProcess`. Throws INTERNAL if a device
 * shows another content than the current one or if anything goes wrong on the way; CONFIG_INVALID as in process.
 */
export async function replayLive(
  trace: Trace,
  policy: string,
  options: LiveReplayOptions,
): Promise<PolicyResult> {
  const signal = options.signal ?? new AbortController().signal;
  const recorder = new Recorder(trace, waitsWithoutPushes(trace));
  const clock = { nowMs: (trace.moments[0]?.timeS ?? 0) * 1000, now: (): number => clock.nowMs };
  const names = new TraceNames(trace);
  const space = spaceId(trace.name);
  const server = await startReplayServer({
    space,
    policy: livePolicy(policy, recorder, names),
    push: replayPush(trace, options.budget),
    model: options.model ?? null,
    candidates: options.candidates ?? REPLAY_CANDIDATES,
    clock,
    observer: names.translated(recorder),
    ...(options.store === undefined ? {} : { store: options.store }),
    ...(options.nodes === undefined ? {} : { nodes: options.nodes }),
  });
  names.learn((user) => server.pseudonymOf(user));
  try {
    const backend = await Backend.open(server, space);
    try {
      const { fleet, meter } = await connectAll({ trace, space, server, clock, recorder, signal });
      try {
        const replay = new LiveReplay({ trace, server, backend, fleet, recorder, meter, clock, signal });
        // As in process: what will be needed is no secret to the oracle.
        if (policy === 'oracle') await replay.put(olderItems(trace));
        return await replay.run(options);
      } finally {
        await fleet.close();
      }
    } finally {
      backend.close();
    }
  } finally {
    await server.stop();
  }
}

/** The devices, and a meter on their connections alone. */
async function connectAll(
  options: FleetOptions,
): Promise<{ readonly fleet: LiveFleet; readonly meter: WireMeter }> {
  const meter = new WireMeter();
  meter.collect();
  try {
    return { fleet: await LiveFleet.connect(options), meter };
  } finally {
    meter.settle();
  }
}

interface LiveParts {
  readonly trace: Trace;
  readonly server: ReplayServer;
  readonly backend: Backend;
  readonly fleet: LiveFleet;
  readonly recorder: Recorder;
  readonly meter: WireMeter;
  readonly clock: { nowMs: number };
  readonly signal: AbortSignal;
}

/** One run of one policy over gRPC. */
class LiveReplay {
  readonly #parts: LiveParts;
  readonly #contents: LiveContents;

  constructor(parts: LiveParts) {
    this.#parts = parts;
    this.#contents = new LiveContents(parts.trace);
  }

  async run(options: InProcessReplay): Promise<PolicyResult> {
    const { trace, meter, recorder, clock } = this.#parts;
    const measuredFrom = firstMeasured(trace);
    let bytesBefore = 0;
    for (const moment of trace.moments) {
      clock.nowMs = moment.timeS * 1000;
      if (moment.kind === 'step' && moment.index === measuredFrom) bytesBefore = meter.bytes;
      recorder.begin(moment);
      if (moment.kind === 'outside') await this.#outside(moment);
      else {
        await this.#step(moment);
        if (moment.index % PROGRESS_STEPS === 0) options.onProgress?.(moment.index, trace.steps.length);
      }
    }
    options.onProgress?.(trace.steps.length, trace.steps.length);
    return recorder.finish(meter.bytes - bytesBefore);
  }

  /** Puts those of the items that are not there yet. */
  async put(items: readonly ItemId[]): Promise<void> {
    const unknown = items.filter((item) => !this.#contents.exists(item));
    for (const item of unknown) {
      const { bytes } = this.#contents.next(item);
      await this.#parts.backend.put(item, bytes, this.#links(item), []);
    }
    if (unknown.length > 0) await this.#quiet();
  }

  async #outside({ item, users }: OutsideChange): Promise<void> {
    const { bytes } = this.#contents.next(item);
    this.#parts.recorder.changed(item);
    await this.#parts.backend.put(item, bytes, this.#links(item), users);
    await this.#quiet();
  }

  /** Need, write, plans of holders, plan of the user: in this order (REPLAY.md, "What happens at a step"). */
  async #step(step: TraceStep): Promise<void> {
    const device = this.#parts.fleet.of(step);
    await this.#open(step, device);
    await this.#write(step, device);
    this.#parts.recorder.stepped(step);
    for (const { item, created, written } of step.items) {
      device.report(created ? 'created' : written ? 'edited' : 'viewed', item);
    }
    await device.flush();
    await this.#quiet();
  }

  async #open(step: TraceStep, device: LiveDevice): Promise<void> {
    const needed = step.items.filter(({ created }) => !created);
    // Items that nothing creates are put right before their first need.
    await this.put(needed.map(({ item }) => item));
    for (const { item } of needed) {
      const { bytes, zeroWait } = await device.open(item, this.#contents.hashOf(item));
      this.#parts.recorder.opened(device.user, device.device, item, bytes, zeroWait);
    }
    // What was opened earns the budget of the plans that come.
    if (needed.length > 0) await device.flush();
  }

  async #write(step: TraceStep, device: LiveDevice): Promise<void> {
    const { recorder } = this.#parts;
    for (const { item, written } of step.items) {
      if (!written) continue;
      const { bytes } = this.#contents.next(item);
      recorder.changed(item);
      recorder.wrote(device.user, device.device, item);
      await device.write(item, bytes, this.#links(item));
      await this.#quiet();
    }
  }

  /** Every push is acknowledged and everything is learned. */
  #quiet(): Promise<void> {
    return this.#parts.server.quiesce(this.#parts.signal);
  }

  #links(item: ItemId): readonly ItemId[] {
    return this.#parts.trace.relations.get(item) ?? [];
  }
}
