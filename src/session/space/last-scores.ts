import { checkpointOf, dependencyHashes } from '../../content/checkpoint-of.js';
import { ForesyncError } from '../../domain/errors.js';
import type { PlanObserver, PlanSeen, SpaceStatistics } from '../../domain/engine-port.js';
import type { ItemId, Pseudonym, SpaceId } from '../../domain/ids.js';
import type { UserStore } from '../../domain/store-port.js';
import type { StoredCheckpoint } from '../../domain/user-record.js';

/**
 * Scores that a space remembers: of so many users, of each so many items, of a plan the best. Beyond it the oldest go,
 * written or not. A write takes no more than `ofWrite`; the others wait for the next one.
 */
export const SCORES_KEPT = { users: 1024, ofUser: 32, ofPlan: 16, ofWrite: 2048 } as const;

export interface LastScoresParts {
  readonly space: SpaceId;
  readonly statistics: Pick<SpaceStatistics, 'head'>;
  readonly users: Pick<UserStore, 'saveCheckpoints'>;
  /** The `user_context` of the user's checkpoints. */
  readonly userContext: (user: Pseudonym) => Promise<string>;
  /** See StoredUser: in which era the user is here. */
  readonly eraOf: (user: Pseudonym) => number;
}

interface Remembered {
  readonly era: number;
  readonly items: Map<ItemId, Known>;
}

interface Known {
  readonly score: number;
  isWritten: boolean;
}

/**
 * The last score of each user and item, in memory first, in the user's checkpoints a little later: of several scores
 * between two writes the last is written (SPEC D4). A crash costs those that were not written.
 */
export class LastScores implements PlanObserver {
  readonly #parts: LastScoresParts;
  // Whoever was planned for last comes last, in both.
  readonly #users = new Map<Pseudonym, Remembered>();
  /** Of these something is not written yet; whoever waits for longest comes first, however often they are planned for meanwhile. */
  readonly #waiting = new Set<Pseudonym>();

  constructor(parts: LastScoresParts) {
    this.#parts = parts;
  }

  /** Undefined if it is not remembered: the store may know. */
  of(user: Pseudonym, item: ItemId): number | undefined {
    return this.#users.get(user)?.items.get(item)?.score;
  }

  /** Remembers what was pushed and the best of what was not. */
  onPlan({ user, pushable, plan }: PlanSeen): void {
    const best = [...pushable].sort((a, b) => b.score - a.score).slice(0, SCORES_KEPT.ofPlan);
    const worth = [...best.reverse(), ...plan.pushes.map(({ scored }) => scored)].filter(
      ({ score }) => score > 0,
    );
    if (worth.length === 0) return;
    const era = this.#parts.eraOf(user);
    const known = this.#users.get(user);
    const { items } = known?.era === era ? known : { items: new Map<ItemId, Known>() };
    this.#users.delete(user);
    this.#users.set(user, { era, items });
    this.#waiting.add(user);
    for (const { item, score } of worth) {
      items.delete(item);
      items.set(item, { score: Math.min(1, score), isWritten: false });
    }
    dropOldest(items, SCORES_KEPT.ofUser);
    for (const gone of dropOldest(this.#users, SCORES_KEPT.users)) this.#waiting.delete(gone);
  }

  /**
   * Writes what waits, what waits for longest first: all of it within `users` × `ofUser` / `ofWrite` calls (16). After a failure it
   * is not tried again: the next plan has newer ones.
   */
  async write(): Promise<void> {
    let left: number = SCORES_KEPT.ofWrite;
    for (const user of [...this.#waiting]) {
      const remembered = this.#users.get(user);
      if (remembered === undefined) continue;
      const unwritten = [...remembered.items].filter(([, { isWritten }]) => !isWritten);
      const waiting = unwritten.slice(0, left);
      if (waiting.length === unwritten.length) this.#waiting.delete(user);
      left -= waiting.length;
      for (const [, known] of waiting) known.isWritten = true;
      await this.#save(user, remembered.era, waiting);
      if (left === 0) return;
    }
  }

  /** Drops a user's scores. */
  forget(user: Pseudonym): void {
    this.#users.delete(user);
    this.#waiting.delete(user);
  }

  async #save(user: Pseudonym, era: number, waiting: readonly (readonly [ItemId, Known])[]): Promise<void> {
    const { space, users, userContext } = this.#parts;
    const context = await userContext(user);
    const checkpoints = await Promise.all(
      waiting.map(([item, { score }]) => this.#checkpoint(item, score, context)),
    );
    const existing = checkpoints.flatMap((checkpoint) => checkpoint ?? []);
    if (existing.length === 0) return;
    try {
      await users.saveCheckpoints(user, space, existing, era);
    } catch (thrown) {
      if (ForesyncError.from(thrown).code !== 'FORGOTTEN') throw thrown;
      this.forget(user);
    }
  }

  /** null for an item that was deleted meanwhile. */
  async #checkpoint(item: ItemId, score: number, userContext: string): Promise<StoredCheckpoint | null> {
    const { space, statistics } = this.#parts;
    const head = statistics.head(item);
    if (head === undefined || head.dataHash === null) return null;
    const heads = (_: SpaceId, items: readonly ItemId[]) =>
      Promise.resolve(items.map((one) => statistics.head(one) ?? null));
    const dependencies = await dependencyHashes({ heads }, space, head.edges);
    return checkpointOf(space, head, {
      dependencyHashes: dependencies,
      userContext,
      predictionScore: score,
    });
  }
}

function dropOldest<Key>(entries: Map<Key, unknown>, most: number): readonly Key[] {
  const dropped: Key[] = [];
  for (const oldest of entries.keys()) {
    if (entries.size <= most) break;
    entries.delete(oldest);
    dropped.push(oldest);
  }
  return dropped;
}
