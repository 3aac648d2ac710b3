/**
 * A bounded sample of users, drawn by their hashes: the same users in the same order give the same sample. Beyond `most`
 * whoever was silent for longest goes.
 */
export class UserSample<User extends string> {
  readonly #most: number;
  // In the order in which they were last seen.
  readonly #users = new Set<User>();

  constructor(most: number) {
    this.#most = most;
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
    if (!isKnown && hashOf(user) / 2 ** 32 >= share) return undefined;
    this.#users.add(user);
    if (this.#users.size <= this.#most) return undefined;
    const oldest = this.#users.values().next().value;
    if (oldest !== undefined) this.#users.delete(oldest);
    return oldest;
  }
}

/** FNV-1a over UTF-16 units, mixed. */
function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < text.length; at++) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  return (hash ^ (hash >>> 13)) >>> 0;
}
