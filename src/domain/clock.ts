/** Time and randomness come in as arguments, so that a replay brings its own clock. */
export interface Clock {
  /** Milliseconds since the epoch: what activities, tokens and contents are dated by. */
  now(): number;
}
