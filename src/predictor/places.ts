/**
 * Where numbered items stand in a short list, so that whoever reads long rows of numbers finds those that matter by one look
 * each. Scratch: whoever fills it clears it.
 */
export class Places {
  /** By number of item: 1 + its place, 0 for others. */
  #of = new Int32Array(256);

  /** Takes the places of these numbers, which are distinct and below `most`; −1 has none. */
  fill(numbers: Numbers, most: number): Int32Array {
    if (this.#of.length < most) this.#of = new Int32Array(Math.max(most, 2 * this.#of.length));
    const of = this.#of;
    for (let at = 0; at < numbers.length; at++) {
      const number = numbers[at] ?? -1;
      if (number >= 0) of[number] = at + 1;
    }
    return of;
  }

  clear(numbers: Numbers): void {
    for (const number of numbers) if (number >= 0) this.#of[number] = 0;
  }
}

type Numbers = readonly number[] | Int32Array;
