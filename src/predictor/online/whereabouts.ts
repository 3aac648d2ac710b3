import type { Step } from '../../domain/activity.js';
import type { DeviceId, Pseudonym } from '../../domain/ids.js';

/**
 * Steps after which half is forgotten: of where the user is now, for what will soon be old, and of where they are used to
 * be, for what lasts until they are back.
 */
const MEMORIES = [20, 150] as const;
/** Steps on any device that are assumed before the first is seen. */
const DOUBT = 0.5;
/** Users who are remembered; beyond it whoever was silent for longest is forgotten. */
const MOST_USERS = 8192;
/** Devices of a user that are remembered; beyond it the one that was used least lately is forgotten. */
const MOST_DEVICES = 16;

/** Steps on a device, forgotten at the pace of each of the memories. */
type Steps = readonly number[];

/** At which of their devices users are: an item that they need is of use on the device that they will have in hands. */
export class Whereabouts {
  // Whoever was silent for longest comes first, and of their devices the one that was not used for longest.
  readonly #users = new Map<Pseudonym, Map<DeviceId, Steps>>();

  /** A user takes a step on a device. */
  observe({ user, device }: Pick<Step, 'user' | 'device'>): void {
    const devices = this.#users.get(user) ?? new Map<DeviceId, Steps>();
    this.#users.delete(user);
    this.#users.set(user, devices);
    for (const [other, steps] of devices) devices.set(other, faded(steps));
    const before = devices.get(device) ?? MEMORIES.map(() => 0);
    devices.delete(device);
    devices.set(
      device,
      before.map((steps) => steps + 1),
    );
    dropFirst(devices, MOST_DEVICES);
    dropFirst(this.#users, MOST_USERS);
  }

  /** How likely a device is the one that a user opens something on, above 0; 1 for their only one, and for whom nobody knows. */
  share(user: Pseudonym, device: DeviceId): number {
    const devices = this.#users.get(user);
    if (devices === undefined) return 1;
    const known = devices.size + (devices.has(device) ? 0 : 1);
    const shares = MEMORIES.map((_, place) => {
      const all = [...devices.values()].reduce((sum, steps) => sum + (steps[place] ?? 0), 0);
      return ((devices.get(device)?.[place] ?? 0) + DOUBT) / (all + DOUBT * known);
    });
    return Math.max(...shares);
  }
}

function faded(steps: Steps): Steps {
  return MEMORIES.map((memory, place) => (steps[place] ?? 0) * 0.5 ** (1 / memory));
}

/** A map of more than `most` loses its first key. */
function dropFirst<Key>(map: Map<Key, unknown>, most: number): void {
  const [first] = map.keys();
  if (map.size > most && first !== undefined) map.delete(first);
}
