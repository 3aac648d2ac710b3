import { HOLDERS } from '../domain/plan.js';
import { Float64Column } from './columns.js';

/** Users whose last access to one item is known; beyond them the longest gone are forgotten. */
const USERS_PER_ITEM = 128;
/** Those who were not active for longer are asleep. */
const ACTIVE_MS = 60 * 24 * 60 * 60 * 1000;

/** Who used which item last, by numbers of items and users. */
export class Accesses {
  // Of each item its users, the latest access last.
  readonly #users: Set<number>[] = [];
  readonly #active = new Float64Column();
  /** Of each item how many users. */
  readonly #breadths = new Float64Column();

  /** A user opened an item. */
  opened(item: number, user: number): void {
    while (this.#users.length <= item) this.#users.push(new Set());
    const users = this.#users[item];
    users?.delete(user);
    users?.add(user);
    const oldest = users?.values().next().value;
    if (oldest !== undefined && (users?.size ?? 0) > USERS_PER_ITEM) users?.delete(oldest);
    this.#breadths.set(item, users?.size ?? 0);
  }

  /** A user did something. */
  active(user: number, timeMs: number): void {
    this.#active.set(user, Math.max(timeMs, this.#active.get(user)));
  }

  /** Who opened the item, latest access first, at most `HOLDERS`, without `except` and without who sleeps. */
  holders(item: number, except: number, nowMs: number): readonly number[] {
    const users = [...(this.#users[item] ?? [])];
    const holders: number[] = [];
    for (let place = users.length - 1; place >= 0 && holders.length < HOLDERS; place--) {
      const user = users[place] ?? -1;
      if (user !== except && nowMs - this.#active.get(user) <= ACTIVE_MS) holders.push(user);
    }
    return holders;
  }

  /** Drops a user: they opened nothing and were never there. */
  forget(user: number): void {
    for (const [item, users] of this.#users.entries())
      if (users.delete(user)) this.#breadths.set(item, users.size);
    this.#active.set(user, 0);
  }

  /** How many users an item had, at most `USERS_PER_ITEM`. */
  breadth(item: number): number {
    return this.#breadths.get(item);
  }

  dump(users: number): AccessDump {
    return { users: this.#users.map((set) => [...set]), active: this.#active.dump(users) };
  }

  load({ users, active }: AccessDump): void {
    users.forEach((of, item) => of.forEach((user) => this.opened(item, user)));
    this.#active.load(active);
  }
}

export interface AccessDump {
  readonly users: readonly (readonly number[])[];
  readonly active: readonly number[];
}
