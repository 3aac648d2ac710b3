import { PLAIN_POLICIES, RANKINGS } from '../app/rankings.js';

/** What a replay can compare, in the order of its tables (REPLAY.md, "Policies"). */
export const REPLAY_POLICIES = [...PLAIN_POLICIES, 'model', 'oracle'] as const;

/** Those, and what is there to measure what each part of the model is worth, in the order of tables. */
export const KNOWN_POLICIES: readonly string[] = [
  ...REPLAY_POLICIES.slice(0, -1),
  ...RANKINGS.filter((name) => !REPLAY_POLICIES.some((policy) => policy === name)),
  'oracle',
];

/** A policy of one's own: `file:NAME=DIR`, a folder of scores (see `scoreFilePolicy`); null if it is named otherwise. */
export function scoreFileOf(policy: string): { readonly name: string; readonly folder: string } | null {
  const [, name, folder] = /^file:([a-z0-9-]{1,32})=(.+)$/.exec(policy) ?? [];
  if (name === undefined || folder === undefined || KNOWN_POLICIES.includes(name)) return null;
  return { name, folder };
}

/** What a policy is called in reports. */
export const shownName = (policy: string): string => scoreFileOf(policy)?.name ?? policy;
