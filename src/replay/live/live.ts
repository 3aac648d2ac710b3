import { startReplayServer } from '../../app-replay.js';
import { spaceId } from '../../domain/ids.js';
import { waitsWithoutPushes } from '../baseline.js';
import type { PolicyResult } from '../figure-types.js';
import type { InProcessReplay } from '../in-process.js';
import { REPLAY_CANDIDATES } from '../in-process.js';
import { firstMeasured } from '../measured.js';
import { olderItems } from '../older-items.js';
import { replayPush } from '../push-terms.js';
import { Recorder } from '../recorder.js';
import type { Trace } from '../trace-types.js';
import { Backend } from './backend.js';
import { LiveContents } from './contents.js';
import type { FleetOptions } from './live-fleet.js';
import { LiveFleet } from './live-fleet.js';
import { LiveSteps } from './live-steps.js';
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
        const quiet = (): Promise<void> => server.quiesce(signal);
        const contents = new LiveContents(trace);
        const steps = new LiveSteps({ trace, contents, backend, fleet, recorder, quiet });
        // As in process: what will be needed is no secret to the oracle.
        if (policy === 'oracle') await steps.put(olderItems(trace));
        return await run(steps, { trace, recorder, meter, clock }, options);
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

/** One run of one policy over gRPC. */
async function run(steps: LiveSteps, parts: RunParts, options: InProcessReplay): Promise<PolicyResult> {
  const { trace, meter, recorder, clock } = parts;
  const measuredFrom = firstMeasured(trace);
  let bytesBefore = 0;
  for (const moment of trace.moments) {
    clock.nowMs = moment.timeS * 1000;
    if (moment.kind === 'step' && moment.index === measuredFrom) bytesBefore = meter.bytes;
    await steps.play(moment);
    if (moment.kind === 'step' && moment.index % PROGRESS_STEPS === 0)
      options.onProgress?.(moment.index, trace.steps.length);
  }
  options.onProgress?.(trace.steps.length, trace.steps.length);
  return recorder.finish(meter.bytes - bytesBefore);
}

interface RunParts {
  readonly trace: Trace;
  readonly recorder: Recorder;
  readonly meter: WireMeter;
  readonly clock: { nowMs: number };
}
