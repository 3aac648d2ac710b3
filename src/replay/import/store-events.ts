import type { DeviceId, Pseudonym } from '../../domain/ids.js';
import type { Change } from '../../domain/item.js';
import { HOLDERS } from '../../domain/plan.js';
import type { FeedEntry } from '../../domain/store-port.js';
import type { ImportedEvent } from './event-table.js';
import type { LeftOut } from './import-result.js';

/** The type of events that say: a backend changed this for the user. */
export const CHANGED = 'changed';

/** Devices of each user in order of appearance: their own names may tell who somebody is. */
export class DeviceNumbers {
  readonly #numbers = new Map<Pseudonym, Map<DeviceId, number>>();

  of(user: Pseudonym, device: DeviceId): string {
    const numbers = this.#numbers.get(user) ?? new Map<DeviceId, number>();
    this.#numbers.set(user, numbers);
    const number = numbers.get(device) ?? numbers.size + 1;
    numbers.set(device, number);
    return `${number}`;
  }
}

/** What a batch says of items. */
export function usesOf(
  { user, device, batch }: FeedEntry,
  devices: DeviceNumbers,
  leftOut: LeftOut,
): readonly ImportedEvent[] {
  const number = devices.of(user, device);
  return batch.activities.flatMap((activity) => {
    if (activity.type !== 'searched') {
      const { type, item, timeMs } = activity;
      return [{ user: nameOf(user), item, type, timeS: timeMs / 1000, device: number }];
    }
    leftOut.add('searches');
    return [];
  });
}

/** Uses in order of time, and between them the changes by backends, each for those whom it concerned then. */
export function* withChanges(
  uses: Iterable<ImportedEvent>,
  changes: readonly Change[],
): Generator<ImportedEvent> {
  const waiting = [...changes].sort((a, b) => a.head.timestampMs - b.head.timestampMs);
  const usersOf = new Map<string, Set<string>>();
  let next = 0;
  for (const use of uses) {
    for (; (waiting[next]?.head.timestampMs ?? Infinity) < use.timeS * 1000; next++) {
      yield* outside(waiting[next], usersOf);
    }
    yield use;
    const users = usersOf.get(use.item) ?? new Set();
    usersOf.set(use.item, users);
    users.delete(use.user);
    users.add(use.user);
  }
  for (; next < waiting.length; next++) yield* outside(waiting[next], usersOf);
}

function outside(
  change: Change | undefined,
  usersOf: ReadonlyMap<string, ReadonlySet<string>>,
): readonly ImportedEvent[] {
  if (change === undefined || change.head.dataHash === null) return [];
  const { item, timestampMs } = change.head;
  const holders = [...(usersOf.get(item) ?? [])].reverse().slice(0, HOLDERS);
  const users = change.audience.length > 0 ? change.audience.map(nameOf) : holders;
  return users.map((user) => ({ user, item, type: CHANGED, timeS: timestampMs / 1000, device: null }));
}

/** Short, and as hard to turn back as the pseudonym. */
const nameOf = (user: Pseudonym): string => `u${user.slice(0, 12)}`;
