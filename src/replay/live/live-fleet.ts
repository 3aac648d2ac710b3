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

/** Devices whose streams share a connection, as they would behind one proxy: a connection each costs more than it shows. */
const DEVICES_A_CONNECTION = 50;
/** Users whose devices connect at the same time. */
const CONNECTING = 16;
const CONNECT_TIMEOUT_MS = 120_000;
/** Devices at most: each is a client with a buffer of its own in this process. */
export const MAX_LIVE_DEVICES = 4096;

export interface FleetOptions {
  readonly trace: Trace;
  readonly space: SpaceId;
  readonly server: ReplayServer;
  readonly clock: Clock;
  readonly recorder: Recorder;
  readonly signal: AbortSignal;
}

/** Every device of a trace with its own token and session, connected from the start. */
export class LiveFleet {
  readonly #options: FleetOptions;
  readonly #transports: readonly ReturnType<typeof grpcTransport>[];
  readonly #devices = new Map<UserId, Map<DeviceId, LiveDevice>>();
  #connected = 0;

  private constructor(options: FleetOptions, connections: number) {
    const { endpoints } = options.server;
    this.#options = options;
    this.#transports = Array.from({ length: connections }, (_, index) =>
      grpcTransport({ endpoint: endpoints[index % endpoints.length] ?? '' }),
    );
  }

  /** Connects all devices, those of one user in the order in which the trace first uses them. All or none. */
  static async connect(options: FleetOptions): Promise<LiveFleet> {
    const users = [...devicesOf(options.trace)];
    const count = users.reduce((sum, [, devices]) => sum + devices.size, 0);
    if (count > MAX_LIVE_DEVICES) throw tooMany(count);
    const connections = Math.max(options.server.endpoints.length, Math.ceil(count / DEVICES_A_CONNECTION));
    const fleet = new LiveFleet(options, connections);
    const connectNext = async (): Promise<void> => {
      for (let next = users.shift(); next !== undefined; next = users.shift())
        await fleet.#connectUser(...next);
    };
    const ended = await Promise.allSettled(Array.from({ length: CONNECTING }, connectNext));
    const failure = ended.find((each) => each.status === 'rejected');
    if (failure === undefined) return fleet;
    await fleet.close();
    throw failure.reason;
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

  async #connectUser(user: UserId, devices: ReadonlySet<DeviceId>): Promise<void> {
    const { signal, recorder, space } = this.#options;
    const own = new Map<DeviceId, LiveDevice>();
    this.#devices.set(user, own);
    for (const device of devices) {
      signal.throwIfAborted();
      const client = await this.#connectDevice(user, device);
      own.set(device, new LiveDevice(pseudonym(user), device, client, space, recorder));
    }
  }

  async #connectDevice(user: UserId, device: DeviceId): ReturnType<typeof connect> {
    const { server, space, clock } = this.#options;
    const transport = this.#transports[this.#connected++ % this.#transports.length];
    if (transport === undefined) throw new RangeError('there is no connection');
    return connect({
      transport,
      token: await server.token(user, device),
      spaces: [space],
      buffer: { kind: 'memory' },
      now: () => clock.now(),
      connectTimeoutMs: CONNECT_TIMEOUT_MS,
    });
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

function tooMany(count: number): ForesyncError {
  const told = `the trace has ${count} devices, at most ${MAX_LIVE_DEVICES} connect over gRPC: use --in-process`;
  return new ForesyncError('FIELD_INVALID', told, { field: 'trace' });
}
