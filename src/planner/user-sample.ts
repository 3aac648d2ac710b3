/** A bounded sample of users. Beyond `most` whoever was silent for longest goes. */
export class UserSample<User extends string> {
  readonly #most: number;
  readonly #random: () => number;
  // In the order in which they were last seen.
  readonly #users = new Set<User>();

  /** `random` draws who is taken in, whatever their names. */
  constructor(most: number, random: () => number) {
    this.#most = most;
    this.#random = random;
  }

  has(user: User): boolean {
    return this.#users.has(user);
  }

  drop(user: User): void {
    this.#users.delete(user);
  }

  /** A user is there; `share`, from 0 to 1, of those who are not in it are taken in. Answers who had to go for them. */
  see(user: User, share: number): User | undefined {
    const isKnown = this.#users.delete(user);
    if (!isKnown && this.#random() >= share) return undefined;
    this.#users.add(user);
    return this.#users.size <= this.#most ? undefined : this.dropOldest();
  }

  /** Lets go of who was silent for longest, and says who. */
  dropOldest(): User | undefined {
    const oldest = this.#users.values().next().value;
    if (oldest !== undefined) this.#users.delete(oldest);
    return oldest;
  }
}
