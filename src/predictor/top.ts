/** The best few of many, best first; of equals the earlier offered stays. */
export class Top {
  readonly #keys: Int32Array;
  readonly #values: Float64Array;
  #size = 0;

  /** Keeps at most `most` keys, whole numbers. */
  constructor(most: number) {
    this.#keys = new Int32Array(most);
    this.#values = new Float64Array(most);
  }

  offer(key: number, value: number): void {
    const keys = this.#keys;
    const values = this.#values;
    const most = values.length;
    if (this.#size === most && !(most > 0 && value > (values[most - 1] ?? Infinity))) return;
    const place = this.#placeOf(value);
    const last = Math.min(this.#size, most - 1);
    keys.copyWithin(place + 1, place, last);
    values.copyWithin(place + 1, place, last);
    keys[place] = key;
    values[place] = value;
    this.#size = last + 1;
  }

  keys(): readonly number[] {
    return Array.from(this.#keys.subarray(0, this.#size));
  }

  /** Behind all that are at least as good. */
  #placeOf(value: number): number {
    let low = 0;
    for (let high = this.#size; low < high; ) {
      const middle = (low + high) >> 1;
      if ((this.#values[middle] ?? 0) < value) high = middle;
      else low = middle + 1;
    }
    return low;
  }
}
