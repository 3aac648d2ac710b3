import type { ReplayServer } from '../../src/app-replay.js';
import { startReplayServer } from '../../src/app-replay.js';
import { spaceId } from '../../src/domain/ids.js';
import { waitsWithoutPushes } from '../../src/replay/baseline.js';
import { REPLAY_CANDIDATES } from '../../src/replay/in-process.js';
import { Backend } from '../../src/replay/live/backend.js';
import { LiveContents } from '../../src/replay/live/contents.js';
import { LiveFleet } from '../../src/replay/live/live-fleet.js';
import { LiveSteps } from '../../src/replay/live/live-steps.js';
import { replayPush } from '../../src/replay/push-terms.js';
import { Recorder } from '../../src/replay/recorder.js';
import type { Trace, TraceMoment, TraceStep } from '../../src/replay/trace-types.js';
import { documentText } from './document-text.js';
import { RunningClock } from './running-clock.js';

export interface TraceServerOptions {
  readonly trace: Trace;
  /** Contents are pushed that are needed with this probability. */
  readonly threshold: number;
  /** Bytes that may be pushed for each byte that is opened. */
  readonly budget: number;
  readonly signal: AbortSignal;
}

/** A real server with the space of a trace, and a real client over gRPC for everybody in the trace. */
export class TraceServer {
  readonly server: ReplayServer;
  readonly clock: RunningClock;
  readonly #backend: Backend;
  readonly #fleet: LiveFleet;
  readonly #steps: LiveSteps;
  #isHistory = true;

  private constructor(
    options: TraceServerOptions,
    server: ReplayServer,
    people: { readonly backend: Backend; readonly fleet: LiveFleet; readonly recorder: Recorder },
    clock: RunningClock,
  ) {
    const { trace, signal } = options;
    this.server = server;
    this.clock = clock;
    this.#backend = people.backend;
    this.#fleet = people.fleet;
    const quiet = async (): Promise<void> => (this.#isHistory ? server.quiesce(signal) : undefined);
    this.#steps = new LiveSteps({ trace, contents: new LiveContents(trace, documentText), ...people, quiet });
  }

  /** Everybody is connected, nothing has happened yet. */
  static async start(options: TraceServerOptions): Promise<TraceServer> {
    const { trace, threshold, budget, signal } = options;
    const space = spaceId(trace.name);
    const recorder = new Recorder(trace, waitsWithoutPushes(trace));
    const clock = new RunningClock();
    clock.moveTo((trace.moments[0]?.timeS ?? 0) * 1000);
    const server = await startReplayServer({
      space,
      policy: 'model',
      push: { ...replayPush(trace, budget), threshold },
      model: null,
      candidates: REPLAY_CANDIDATES,
      clock,
      observer: { onPlan: () => undefined },
    });
    try {
      const fleet = await LiveFleet.connect({ trace, space, server, clock, recorder, signal });
      const backend = await Backend.open(server, space);
      return new TraceServer(options, server, { backend, fleet, recorder }, clock);
    } catch (error) {
      await server.stop();
      throw error;
    }
  }

  /** Lets the next moment of the trace happen, at its time or now if that is past. */
  async play(moment: TraceMoment): Promise<void> {
    this.clock.moveTo(moment.timeS * 1000);
    await this.#steps.play(moment);
  }

  /** From now on time passes by itself, and devices that are not the trace's own may be slow or gone. */
  open(): void {
    this.#isHistory = false;
    this.clock.run();
  }

  /** Whoever makes this step leaves. */
  async leave(step: TraceStep): Promise<void> {
    await this.#fleet.of(step).close();
  }

  async stop(): Promise<void> {
    await this.#fleet.close();
    this.#backend.close();
    await this.server.stop();
  }
}
