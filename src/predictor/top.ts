/** The best few of many, best first; of equals the earlier offered stays. */
export class Top {
  readonly #most: number;
  readonly #keys: number[] = [];
  readonly #values: number[] = [];

  /** Keeps at most `most`. */
  constructor(most: number) {
    this.#most = most;
  }

  offer(key: number, value: number): void {
    const keys = this.#keys;
    const values = this.#values;
    if (this.#most === 0) return;
    if (values.length === this.#most) {
      if (value <= (values[values.length - 1] ?? -Infinity)) return;
      values.pop();
      keys.pop();
    }
    let place = values.length;
    while (place > 0 && (values[place - 1] ?? Infinity) < value) place -= 1;
    values.splice(place, 0, value);
    keys.splice(place, 0, key);
  }

  keys(): readonly number[] {
    return this.#keys;
  }
}
