/** The newest entries of a log: those with `low < offset <= high`, at most `retention`. Older ones are dropped. */
export class BoundedLog<T> {
  readonly #retention: number;
  /** From `#start` on: the entries after `low`. What is before was dropped and is cut off now and then. */
  #entries: (T | undefined)[] = [];
  #start = 0;
  #low = 0;

  constructor(retention: number) {
    this.#retention = retention;
  }

  get low(): number {
    return this.#low;
  }

  get high(): number {
    return this.#low + this.#entries.length - this.#start;
  }

  /** Adds an entry at `high + 1` and answers the one that had to go. */
  append(entry: T): T | undefined {
    this.#entries.push(entry);
    return this.high - this.#low > this.#retention ? this.dropOldest() : undefined;
  }

  /** Entries with offset > after and their offsets, at most `limit`. */
  after(after: number, limit: number): { readonly offset: number; readonly entry: T }[] {
    const found: { readonly offset: number; readonly entry: T }[] = [];
    for (let offset = Math.max(after, this.#low) + 1; offset <= this.high && found.length < limit; offset++) {
      const entry = this.#entries[this.#start + offset - this.#low - 1];
      if (entry !== undefined) found.push({ offset, entry });
    }
    return found;
  }

  /** Takes entries out from in between; the others keep their offsets. */
  remove(isOne: (entry: T) => boolean): void {
    this.#entries.forEach((entry, place) => {
      if (entry !== undefined && isOne(entry)) this.#entries[place] = undefined;
    });
  }

  /** Takes out the oldest of those that are there, and answers it. */
  dropOldest(): T | undefined {
    if (this.#low === this.high) return undefined;
    const oldest = this.#entries[this.#start];
    this.#entries[this.#start] = undefined;
    this.#start++;
    this.#low++;
    if (this.#start > this.#retention) {
      this.#entries = this.#entries.slice(this.#start);
      this.#start = 0;
    }
    return oldest;
  }
}
