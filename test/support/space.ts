import type { DeviceView, Devices } from '../../src/domain/engine-port.js';
import { dataHash, deviceId, pseudonym, type DataHash, type ItemId } from '../../src/domain/ids.js';

/** A device of a test: it holds what it is told to. */
export class TestDevice implements DeviceView {
  readonly user;
  readonly device;
  era = 0;
  readonly held = new Map<ItemId, DataHash>();
  readonly known = new Set<string>();
  bytesAdmitted = Infinity;

  constructor(user: string, device = 'd') {
    this.user = pseudonym(user);
    this.device = deviceId(device);
  }

  holds(item: ItemId): DataHash | undefined {
    return this.held.get(item);
  }

  knows(item: ItemId, hash: DataHash): boolean {
    return this.known.has(`${item} ${hash}`);
  }

  allowance(): number {
    return this.bytesAdmitted;
  }

  /** Holds some content of the item, not the one that a History gave it. */
  holdsOld(item: ItemId): void {
    this.held.set(item, dataHash('old'));
  }
}

/** Connected devices in the order given. */
export function connected(...devices: readonly TestDevice[]): Devices {
  return { of: (user) => devices.filter((device) => device.user === user) };
}
