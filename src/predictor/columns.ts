/** A column of numbers that grows as rows are written; rows that were never written are 0. */
export class Float64Column {
  #values = new Float64Array(256);

  get(row: number): number {
    return this.#values[row] ?? 0;
  }

  set(row: number, value: number): void {
    if (row >= this.#values.length) {
      const larger = new Float64Array(Math.max(this.#values.length * 2, row + 1));
      larger.set(this.#values);
      this.#values = larger;
    }
    this.#values[row] = value;
  }

  add(row: number, value: number): void {
    this.set(row, this.get(row) + value);
  }

  /** The first `rows` rows. */
  dump(rows: number): number[] {
    return Array.from({ length: rows }, (_, row) => this.get(row));
  }

  load(values: readonly number[]): void {
    values.forEach((value, row) => this.set(row, value));
  }
}
