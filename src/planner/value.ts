/** Scores below count as this: a value needs a logarithm. */
const SCORE_FLOOR = 1e-9;

/** A content of this size is worth the same whether bytes count or not. */
const USUAL_BYTES = 16_384;

/**
 * Chance of being needed that a byte must bring where it costs no budget: it drives out of the device what else would be
 * opened. A content of usual size that is needed once in 3,000 times is not worth its place (ADR 5).
 */
const PLACE_OF_A_BYTE = 2e-8;

/** What a candidate is worth where the budget pays for all: its score, and less the more it takes of the device for it. */
export function needOf(score: number, bytes: number): number {
  const place = (PLACE_OF_A_BYTE * bytes) / Math.max(SCORE_FLOOR, score);
  return valueOf(score, USUAL_BYTES) - place;
}

/** What a candidate is worth for its bytes: log(score) − log(bytes). `bytes` below 1 count as 1. */
export function valueOf(score: number, bytes: number): number {
  return Math.log(Math.max(SCORE_FLOOR, score)) - Math.log(Math.max(1, bytes));
}
