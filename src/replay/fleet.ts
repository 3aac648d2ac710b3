import { LruIndex, type LruEntry } from '@foresync/client';
import type { Devices, DeviceView } from '../domain/engine-port.js';
import {
  deviceId,
  pseudonym,
  type DataHash,
  type DeviceId,
  type ItemId,
  type Pseudonym,
} from '../domain/ids.js';
import type { Trace, TraceStep } from './trace-types.js';
import type { Content } from './world.js';

/** Name of the one device of a user where the trace names none. */
const ONLY_DEVICE = 'only';

export const deviceOf = (step: TraceStep): DeviceId => deviceId(step.device ?? ONLY_DEVICE);

/** Every device of a trace, connected from the start, in the order in which the trace first uses them. */
export class Fleet implements Devices {
  readonly #devices = new Map<Pseudonym, ReplayDevice[]>();

  constructor(trace: Trace) {
    for (const step of trace.steps) {
      const user = pseudonym(step.user);
      const devices = this.#devices.get(user) ?? [];
      this.#devices.set(user, devices);
      const device = deviceOf(step);
      if (!devices.some((known) => known.device === device)) devices.push(new ReplayDevice(user, device));
    }
  }

  of(user: Pseudonym): readonly ReplayDevice[] {
    return this.#devices.get(user) ?? [];
  }

  /** The device of the trace with this name. */
  device(user: Pseudonym, device: DeviceId): ReplayDevice {
    const known = this.of(user).find((one) => one.device === device);
    if (known === undefined) throw new RangeError(`user ${user} has no device ${device}`);
    return known;
  }
}

/** What a device holds of an item. */
export type Holding = LruEntry<ItemId, DataHash>;

/** One device as the replay sees it: a buffer that behaves like a real client's, bytes left out. */
export class ReplayDevice implements DeviceView {
  readonly user: Pseudonym;
  readonly device: DeviceId;
  /** Nobody is forgotten in a replay. */
  readonly era = 0;
  readonly #buffer = new LruIndex<ItemId, DataHash>();

  constructor(user: Pseudonym, device: DeviceId) {
    this.user = user;
    this.device = device;
  }

  /** From the least to the most recently used. */
  get held(): Iterable<Holding> {
    return this.#buffer;
  }

  holds(item: ItemId): DataHash | undefined {
    return this.#buffer.get(item)?.hash;
  }

  knows(): boolean {
    return false;
  }

  allowance(): number {
    return Infinity;
  }

  /** The user opens an item: whether it was there in this content. Then it is. Answers what had to go for it too. */
  open(content: Content): { readonly zeroWait: boolean; readonly evicted: readonly ItemId[] } {
    const zeroWait = this.holds(content.item) === content.dataHash;
    if (!zeroWait) return { zeroWait, evicted: this.receive(content) };
    this.#buffer.touch(content.item);
    return { zeroWait, evicted: [] };
  }

  /** A content arrives, or is written here. Answers the other items that had to go for it, or itself if it is too large. */
  receive({ item, dataHash, bytes }: Content): readonly ItemId[] {
    const evicted = this.#buffer.put(item, dataHash, bytes).map(({ key }) => key);
    const isKept = this.#buffer.get(item) !== undefined;
    return isKept || evicted.includes(item) ? evicted : [...evicted, item];
  }
}
