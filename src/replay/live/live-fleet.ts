import { connect, grpcTransport } from '@foresync/client';
import type { ReplayServer } from '../../app-replay.js';
import type { Clock } from '../../domain/clock.js';
import { ForesyncError } from '../../domain/errors.js';
import type { DeviceId, SpaceId, UserId } from '../../domain/ids.js';
import { pseudonym } from '../../domain/ids.js';
import { deviceOf } from '../fleet.js';
import type { Recorder } from '../recorder.js';
import type { Trace, TraceStep } from '../trace-types.js';
import { LiveDevice } from './live-device.js';

/** Devices whose streams share a connection, as they would behind one proxy; many connections cost more than they show. */
const DEVICES_A_CONNECTION = 50;
/** Users whose devices connect at the same time. */
const CONNECTING = 16;
/** Devices at most: each is a client with a buffer of its own in this process. */
export const MAX_LIVE_DEVICES = 4096;

type Transport = ReturnType<typeof grpcTransport>;

/** Every device of a trace with its own token and session, connected from the start. */
export class LiveFleet {
  readonly #devices = new Map<UserId, Map<DeviceId, LiveDevice>>();
  readonly #transports: readonly Transport[];

  private constructor(transports: readonly Transport[]) {
    this.#transports = transports;
  }

  /** Connects all devices; those of one user in the order in which the trace first uses them. */
  static async connect(options: {
    readonly trace: Trace;
    readonly space: SpaceId;
    readonly server: ReplayServer;
    readonly clock: Clock;
    readonly recorder: Recorder;
    readonly signal: AbortSignal;
  }): Promise<LiveFleet> {
    const { trace, server, space, clock, recorder, signal } = options;
    const users = [...devicesOf(trace)];
    const count = users.reduce((sum, [, devices]) => sum + devices.size, 0);
    if (count > MAX_LIVE_DEVICES) {
      const told = `the trace has ${count} devices, at most ${MAX_LIVE_DEVICES} connect over gRPC; use --in-process`;
      throw new ForesyncError('FIELD_INVALID', told, { field: 'trace' });
    }
    const connections = Math.ceil(count / DEVICES_A_CONNECTION);
    const transports = Array.from({ length: connections }, () =>
      grpcTransport({ endpoint: server.endpoint }),
    );
    const fleet = new LiveFleet(transports);
    let connected = 0;
    const connectUser = async (user: UserId, devices: ReadonlySet<DeviceId>): Promise<void> => {
      for (const device of devices) {
        signal.throwIfAborted();
        const transport = transports[connected++ % connections];
        if (transport === undefined) return;
        const client = await connect({
          transport,
          token: await server.token(user, device),
          spaces: [space],
          buffer: { kind: 'memory' },
          now: () => clock.now(),
          signal,
          connectTimeoutMs: 120_000,
        });
        fleet.#add(user, device, new LiveDevice(pseudonym(user), device, client, space, recorder));
      }
    };
    try {
      const work = async (): Promise<void> => {
        for (let next = users.shift(); next !== undefined; next = users.shift()) await connectUser(...next);
      };
      await Promise.all(Array.from({ length: CONNECTING }, work));
      return fleet;
    } catch (error) {
      await fleet.close();
      throw error;
    }
  }

  /** The device that makes a step. */
  of(step: TraceStep): LiveDevice {
    const device = this.#devices.get(step.user)?.get(deviceOf(step));
    if (device === undefined) throw new RangeError(`user ${step.user} has no device ${deviceOf(step)}`);
    return device;
  }

  /** Ends all sessions, then the connections. */
  async close(): Promise<void> {
    const devices = [...this.#devices.values()].flatMap((own) => [...own.values()]);
    await Promise.all(devices.map((device) => device.close()));
    for (const transport of this.#transports) transport.close();
  }

  #add(user: UserId, name: DeviceId, device: LiveDevice): void {
    const own = this.#devices.get(user) ?? new Map<DeviceId, LiveDevice>();
    this.#devices.set(user, own.set(name, device));
  }
}

/** Users and their devices, in the order of their first steps. */
function devicesOf(trace: Trace): ReadonlyMap<UserId, ReadonlySet<DeviceId>> {
  const users = new Map<UserId, Set<DeviceId>>();
  for (const step of trace.steps) {
    const devices = users.get(step.user) ?? new Set();
    users.set(step.user, devices.add(deviceOf(step)));
  }
  return users;
}
