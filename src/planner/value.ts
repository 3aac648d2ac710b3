/** Scores below count as this: a value needs a logarithm. */
const SCORE_FLOOR = 1e-9;

/** A content of this size is worth the same whether bytes count or not. */
const USUAL_BYTES = 16_384;

/** What a candidate is worth where bytes are no object. */
export function needOf(score: number): number {
  return valueOf(score, USUAL_BYTES);
}

/** What a candidate is worth for its bytes: log(score) − log(bytes). `bytes` below 1 count as 1. */
export function valueOf(score: number, bytes: number): number {
  return Math.log(Math.max(SCORE_FLOOR, score)) - Math.log(Math.max(1, bytes));
}
