/**
 * The sizes of nested messages, in the order in which they are written: a length comes before what it counts, so that a
 * first pass measures and a second one writes. Kept between frames, so that neither pass allocates.
 */
export class Sizes {
  readonly #values: number[] = [];
  #read = 0;

  reset(): void {
    this.#values.length = 0;
    this.#read = 0;
  }

  /** A place for a size that is known after those inside of it. */
  reserve(): number {
    return this.#values.push(0) - 1;
  }

  fill(place: number, size: number): number {
    this.#values[place] = size;
    return size;
  }

  add(size: number): number {
    this.#values.push(size);
    return size;
  }

  /** The next size, in the order of their places. */
  next(): number {
    return this.#values[this.#read++] ?? 0;
  }
}
