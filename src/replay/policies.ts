/** What a replay can compare, in the order of its tables (REPLAY.md, "Policies"). */
export const REPLAY_POLICIES = [
  'none',
  'mirror',
  'popular',
  'recent',
  'frequent',
  'markov',
  'covisit',
  'blend',
  'oracle',
] as const;
