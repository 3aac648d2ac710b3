import type { PlanSeen } from '../domain/engine-port.js';
import type { ItemId, Pseudonym } from '../domain/ids.js';

/** What was a candidate in any plan of a user since their own last step: one list for that step, one set for changes. */
export class RecallWatch {
  readonly #users = new Map<Pseudonym, { own: readonly ItemId[]; readonly changes: Set<ItemId> }>();

  onPlan({ kind, user, candidates }: PlanSeen): void {
    const seen = this.#of(user);
    if (kind === 'user') seen.own = candidates;
    else for (const item of candidates) seen.changes.add(item);
  }

  wasCandidate(user: Pseudonym, item: ItemId): boolean {
    const seen = this.#users.get(user);
    return seen !== undefined && (seen.changes.has(item) || seen.own.includes(item));
  }

  /** The user's step is over: what was a candidate before counts no more. Before the step's own plan. */
  stepped(user: Pseudonym): void {
    this.#users.delete(user);
  }

  #of(user: Pseudonym): { own: readonly ItemId[]; readonly changes: Set<ItemId> } {
    const known = this.#users.get(user);
    if (known !== undefined) return known;
    const fresh = { own: [], changes: new Set<ItemId>() };
    this.#users.set(user, fresh);
    return fresh;
  }
}
