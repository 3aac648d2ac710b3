/** How many rows there were, and of each column the mean and the sum of squared distances from it. */
export class Moments {
  rows = 0;
  readonly mean: Float64Array;
  readonly squares: Float64Array;

  constructor(width: number) {
    this.mean = new Float64Array(width);
    this.squares = new Float64Array(width);
  }

  add(rows: Float32Array): void {
    const width = this.mean.length;
    for (let from = 0; from < rows.length; from += width) {
      this.rows += 1;
      for (let column = 0; column < width; column++) {
        const value = rows[from + column] ?? 0;
        const mean = this.mean[column] ?? 0;
        const moved = mean + (value - mean) / this.rows;
        this.mean[column] = moved;
        this.squares[column] = (this.squares[column] ?? 0) + (value - mean) * (value - moved);
      }
    }
  }
}
