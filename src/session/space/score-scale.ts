/** Plans after which a comparison forgets half. */
const HALF_LIFE = 200;

/** What a rival's scores are in the units of the policy's own: the ratio of their sums over the same items. */
export class ScoreScale {
  #rival = 0;
  #own = 0;

  /** 1 until something was seen. */
  get factor(): number {
    return this.#rival > 0 && this.#own > 0 ? this.#own / this.#rival : 1;
  }

  /** Both scored the same items. */
  seen(rival: Float64Array, own: Float64Array): void {
    const kept = 0.5 ** (1 / HALF_LIFE);
    this.#rival = this.#rival * kept + sumOf(rival);
    this.#own = this.#own * kept + sumOf(own);
  }
}

function sumOf(scores: Float64Array): number {
  let sum = 0;
  for (const score of scores) sum += Number.isFinite(score) && score > 0 ? score : 0;
  return sum;
}
