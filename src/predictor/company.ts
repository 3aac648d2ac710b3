import { Float64Column } from './columns.js';
import { Neighbours, type NeighbourDump, type Sums } from './neighbours.js';

/** Users of an item that one follows who opens it, the last ones. */
const FOLLOWED = 5;
/** Users of an item that are known, the last ones; beyond them the longest gone is forgotten. */
const KNOWN = 9;
/** Of larger steps only the first items say who follows whom: bulk says little. */
const BULK_ITEMS = 64;
/** Whom one user follows: beyond `most` the least followed go until `kept` are left. */
const BOUND = { most: 64, kept: 32 } as const;
/** So many opens of another user must be known before they count as much as no knowledge. */
const DOUBT = 5;

/**
 * Who opens what whom opened before: colleagues, reviewers, those to whom cases are handed over. By numbers of users and items; an
 * item costs 9 numbers at most, a user 2 × 64 pairs of them.
 */
export class Company {
  // Of each item its last users, each once, the latest first.
  readonly #users: number[][] = [];
  /** In how many of a user's opens another one was among the last to open the item, and in how many the very last. */
  readonly #follows = new Neighbours(BOUND);
  readonly #succeeds = new Neighbours(BOUND);
  readonly #opens = new Float64Column();

  /** A user opened these in one step. */
  opened(user: number, items: readonly number[]): void {
    for (const item of items.slice(0, BULK_ITEMS)) this.#follow(user, this.usersOf(item));
    for (const item of items) this.#use(user, item);
  }

  /** Who opened an item last, the latest first. */
  usersOf(item: number): readonly number[] {
    return this.#users[item] ?? NOBODY;
  }

  /** Adds to `sums`, for each whom a user follows, the share of the user's opens that followed them. */
  shares(user: number, sums: Sums): void {
    if (user >= 0) this.#follows.accumulate(user, 1 / Math.max(1, this.#opens.get(user)), sums);
  }

  /** Adds to `sums`, for each whom a user succeeds, in how many opens. */
  successions(user: number, sums: Sums): void {
    if (user >= 0) this.#succeeds.accumulate(user, 1, sums);
  }

  /** What another one's opens are divided by, for the share of them that someone succeeds in. */
  opensOf(user: number): number {
    return DOUBT + this.#opens.get(user);
  }

  /** Drops a user: they opened nothing, and nobody follows them. */
  forget(user: number): void {
    for (const users of this.#users) if (users.includes(user)) users.splice(users.indexOf(user), 1);
    this.#follows.forget(user);
    this.#succeeds.forget(user);
    this.#opens.set(user, 0);
  }

  dump(users: number): CompanyDump {
    return {
      users: this.#users,
      follows: this.#follows.dump(),
      succeeds: this.#succeeds.dump(),
      opens: this.#opens.dump(users),
    };
  }

  load({ users, follows, succeeds, opens }: CompanyDump): void {
    users.forEach((of, item) => (this.#users[item] = [...of]));
    this.#follows.load(follows);
    this.#succeeds.load(succeeds);
    this.#opens.load(opens);
  }

  #follow(user: number, users: readonly number[]): void {
    this.#opens.add(user, 1);
    const others = users.filter((other) => other !== user).slice(0, FOLLOWED);
    for (const other of others) this.#follows.add(user, other, 1);
    const [last] = others;
    if (last !== undefined) this.#succeeds.add(user, last, 1);
  }

  #use(user: number, item: number): void {
    while (this.#users.length <= item) this.#users.push([]);
    const users = this.#users[item] ?? [];
    const place = users.indexOf(user);
    if (place >= 0) users.splice(place, 1);
    users.unshift(user);
    if (users.length > KNOWN) users.pop();
  }
}

const NOBODY: readonly number[] = [];

export interface CompanyDump {
  readonly users: readonly (readonly number[])[];
  readonly follows: NeighbourDump;
  readonly succeeds: NeighbourDump;
  readonly opens: readonly number[];
}
