import { Float64Column } from './columns.js';

/** How many leaders are known. */
export const LEADERS = 256;

/**
 * Counts of numbered items that halve in a fixed time. The leaders are exact at every moment: all counts decay alike,
 * so an order changes only where something is counted.
 */
export class DecayedCounts {
  readonly #halfLifeMs: number;
  readonly #counts = new Float64Column();
  readonly #times = new Float64Column();
  readonly #leaders: { readonly row: number; readonly level: number }[] = [];

  constructor(halfLifeMs: number) {
    this.#halfLifeMs = halfLifeMs;
  }

  /** The count as of a time that is not before the item's last one (else as of that). */
  at(row: number, timeMs: number): number {
    const count = this.#counts.get(row);
    if (count === 0) return 0;
    return count * 0.5 ** (Math.max(0, timeMs - this.#times.get(row)) / this.#halfLifeMs);
  }

  /** Counts `amount` as of a time; one before the row's last counts for what is left of it by then. */
  count(row: number, timeMs: number, amount = 1): void {
    const asOfMs = Math.max(timeMs, this.#times.get(row));
    const left = amount * 0.5 ** ((asOfMs - timeMs) / this.#halfLifeMs);
    this.#put(row, this.at(row, asOfMs) + left, asOfMs);
  }

  /** When it was counted last, ms; −∞ if never. */
  lastMs(row: number): number {
    return this.#counts.get(row) === 0 ? -Infinity : this.#times.get(row);
  }

  /** Rows with the highest counts, highest first, at most `LEADERS`. */
  leaders(): readonly number[] {
    return this.#leaders.map(({ row }) => row);
  }

  dump(rows: number): CountsDump {
    return { counts: this.#counts.dump(rows), times: this.#times.dump(rows) };
  }

  load({ counts, times }: CountsDump): void {
    counts.forEach((count, row) => {
      if (count > 0) this.#put(row, count, times[row] ?? 0);
    });
  }

  #put(row: number, count: number, timeMs: number): void {
    this.#counts.set(row, count);
    this.#times.set(row, timeMs);
    this.#lead(row, Math.log2(count) + timeMs / this.#halfLifeMs);
  }

  /** `level` orders counts of different times. */
  #lead(row: number, level: number): void {
    const leaders = this.#leaders;
    const known = leaders.findIndex((leader) => leader.row === row);
    if (known >= 0) leaders.splice(known, 1);
    else if (leaders.length === LEADERS) {
      if (level <= (leaders.at(-1)?.level ?? -Infinity)) return;
      leaders.pop();
    }
    let place = leaders.length;
    while (place > 0 && (leaders[place - 1]?.level ?? Infinity) < level) place -= 1;
    leaders.splice(place, 0, { row, level });
  }
}

export interface CountsDump {
  readonly counts: readonly number[];
  readonly times: readonly number[];
}
