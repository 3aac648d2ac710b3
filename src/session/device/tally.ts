/** What a session did, for the one line about it at its end. */
export interface Tally {
  batches: number;
  requests: number;
  pushedItems: number;
  pushedBytes: number;
  answeredBytes: number;
  invalidations: number;
  rejected: number;
  unsentBytes: number;
}

export const newTally = (): Tally => ({
  batches: 0,
  requests: 0,
  pushedItems: 0,
  pushedBytes: 0,
  answeredBytes: 0,
  invalidations: 0,
  rejected: 0,
  unsentBytes: 0,
});
