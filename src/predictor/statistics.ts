import type { Step } from '../domain/activity.js';
import type { UserContext } from '../domain/context.js';
import type { Question, SpaceStatistics } from '../domain/engine-port.js';
import { type ItemId, type Pseudonym, pseudonym } from '../domain/ids.js';
import type { Change, Head } from '../domain/item.js';
import { candidatesOf } from './candidates.js';
import { COMPANY } from './companions.js';
import { Counts } from './counts.js';
import { rowsOf } from './feature.js';
import { FEATURES } from './features.js';
import { learnPairs } from './learn-pairs.js';
import { dumpCounts, loadCounts } from './snapshot.js';
import { viewOf } from './view.js';

/**
 * What everyone did in a space, in memory. An item costs a few kilobytes at most (NEIGHBOURS, AROUND and Accesses name
 * the bounds), a user two words; nothing here knows time or chance but through its arguments.
 */
export class Statistics implements SpaceStatistics {
  readonly counts = new Counts();
  readonly #candidateLimit: number;

  /** Goes on from a `snapshot` if there is one. Throws STORE_CORRUPT if it is something else. */
  constructor(options: { readonly candidateLimit: number; readonly snapshot?: Uint8Array }) {
    this.#candidateLimit = options.candidateLimit;
    if (options.snapshot !== undefined) loadCounts(this.counts, options.snapshot);
  }

  learn(step: Step, before: UserContext): void {
    const { counts } = this;
    const user = counts.users.number(step.user);
    counts.accesses.active(user, step.timeMs);
    const items = step.items.map(({ item }) => counts.items.number(item));
    for (const item of items) {
      counts.popularity.count(item, step.timeMs);
      counts.trend.count(item, step.timeMs);
      counts.uses.add(item, 1);
      counts.accesses.opened(item, user);
      counts.graph.touched(item);
      counts.folders.used(item, step.timeMs);
    }
    learnPairs(counts, items, before);
    counts.company.opened(user, items);
    counts.lately.stepped(user, items);
  }

  changed({ head, epoch, writer }: Change): void {
    this.counts.graph.place(head, epoch, writer === null ? -1 : this.counts.users.number(writer));
  }

  candidates(
    name: Pseudonym,
    context: UserContext,
    nowMs: number,
    admits: (head: Head) => boolean = () => true,
  ): readonly ItemId[] {
    const user = this.counts.users.find(name);
    return candidatesOf(this.counts, { user, context, nowMs, admits }, this.#candidateLimit);
  }

  holders(item: ItemId, writer: Pseudonym | null, nowMs: number): readonly Pseudonym[] {
    const { items, users, accesses } = this.counts;
    const except = writer === null ? -1 : users.find(writer);
    return accesses.holders(items.find(item), except, nowMs).map((user) => users.name(user));
  }

  head(item: ItemId): Head | undefined {
    return this.counts.graph.head(this.counts.items.find(item));
  }

  features(question: Question): ReadonlyMap<string, Float64Array> {
    const features = [...FEATURES, ...COMPANY];
    const rows = rowsOf(features, viewOf(this.counts, question));
    return new Map(
      features.map(({ name }, column) => [
        name,
        Float64Array.from(question.items, (_, row) => rows[row * features.length + column] ?? 0),
      ]),
    );
  }

  dependants(item: ItemId): readonly ItemId[] {
    const { items, graph } = this.counts;
    return Array.from(graph.dependants(items.find(item)), (number) => items.name(number));
  }

  users(): Iterable<Pseudonym> {
    return this.counts.users.names();
  }

  forget(name: Pseudonym): void {
    const { users, accesses, lately, company, graph } = this.counts;
    const user = users.find(name);
    if (user < 0) return;
    accesses.forget(user);
    lately.forget(user);
    company.forget(user);
    graph.forget(user);
    users.forget(user, pseudonym(`~${user}`));
  }

  /** Counts, not heads: those are read from the store. */
  snapshot(): Uint8Array {
    return dumpCounts(this.counts);
  }
}
