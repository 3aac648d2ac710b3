import { ForesyncError } from '../../domain/errors.js';
import { TABLE_LIMITS } from '../trace-tables.js';

/** One event on its way into a trace. */
export interface ImportedEvent {
  readonly user: string;
  readonly item: string;
  readonly type: string;
  readonly timeS: number;
  /** null if the source knows no devices. */
  readonly device: string | null;
}

/**
 * Events of an import: added in any order, read back in order of time (those of one time in the order they came).
 * Holds at most as many as a trace may have, in about 50 bytes each; one more throws TRACE_INVALID.
 */
export class EventTable {
  readonly #names: string[] = [];
  readonly #numbers = new Map<string, number>();
  readonly #columns = {
    user: [] as number[],
    item: [] as number[],
    type: [] as number[],
    timeS: [] as number[],
    device: [] as number[],
  };
  readonly #users = new Set<string>();
  readonly #items = new Set<string>();
  #hasDevices = false;

  add(event: ImportedEvent): void {
    if (this.size >= TABLE_LIMITS.events) {
      throw new ForesyncError('TRACE_INVALID', `more than ${TABLE_LIMITS.events} events`, {
        field: 'events',
      });
    }
    this.#columns.user.push(this.#number(event.user));
    this.#columns.item.push(this.#number(event.item));
    this.#columns.type.push(this.#number(event.type));
    this.#columns.timeS.push(event.timeS);
    this.#columns.device.push(event.device === null ? -1 : this.#number(event.device));
    this.#users.add(event.user);
    this.#items.add(event.item);
    this.#hasDevices ||= event.device !== null;
  }

  get size(): number {
    return this.#columns.timeS.length;
  }

  get users(): number {
    return this.#users.size;
  }

  get items(): ReadonlySet<string> {
    return this.#items;
  }

  /** Whether any event names a device. */
  get hasDevices(): boolean {
    return this.#hasDevices;
  }

  *inOrder(): Generator<ImportedEvent> {
    const times = this.#columns.timeS;
    const order = Uint32Array.from(times.keys());
    order.sort((a, b) => (times[a] ?? 0) - (times[b] ?? 0) || a - b);
    for (const at of order) {
      yield {
        user: this.#name(this.#columns.user[at]),
        item: this.#name(this.#columns.item[at]),
        type: this.#name(this.#columns.type[at]),
        timeS: times[at] ?? 0,
        device: this.#columns.device[at] === -1 ? null : this.#name(this.#columns.device[at]),
      };
    }
  }

  #number(name: string): number {
    const known = this.#numbers.get(name);
    if (known !== undefined) return known;
    this.#names.push(name);
    this.#numbers.set(name, this.#names.length - 1);
    return this.#names.length - 1;
  }

  #name(number: number | undefined): string {
    return this.#names[number ?? -1] ?? '';
  }
}
