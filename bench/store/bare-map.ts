import type { Pseudonym } from '../../src/domain/ids.js';

/** Applies the next batch of a user. */
export type Update = (user: Pseudonym, sequence: number) => Promise<void>;

interface Kept {
  version: number;
  context: Uint8Array;
  readonly batches: unknown[];
}

/** The least that a process can do to keep what a store keeps of its users: what grows here is the machine's and the heap's. */
export function bareMap(context: Uint8Array): Update {
  const users = new Map<Pseudonym, Kept>();
  return (user, sequence) => {
    const kept = users.get(user) ?? { version: 0, context, batches: [] };
    kept.version++;
    kept.context = new Uint8Array(context);
    kept.batches.push({ user, sequence, activities: [{ type: 'viewed', timeMs: sequence }] });
    users.set(user, kept);
    return Promise.resolve();
  };
}
