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
    return this.high - this.#low > this.#retention ? this.#dropOldest() : undefined;
  }

  /** Entries with offset > after, at most `limit`. */
  after(after: number, limit: number): T[] {
    const from = this.#start + Math.max(0, after - this.#low);
    return this.#entries.slice(from, from + limit).flatMap((entry) => (entry === undefined ? [] : [entry]));
  }

  #dropOldest(): T | undefined {
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
