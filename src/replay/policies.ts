import { RANKINGS } from '../app/rankings.js';

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

/** Those, and what is there to measure what each part of the model is worth, in the order of tables. */
export const KNOWN_POLICIES: readonly string[] = [
  ...REPLAY_POLICIES.slice(0, -1),
  ...RANKINGS.filter((name) => !REPLAY_POLICIES.some((policy) => policy === name)),
  'oracle',
];
