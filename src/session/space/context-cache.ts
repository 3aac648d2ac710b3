import type { UserContext } from '../../domain/context.js';
import type { Pseudonym } from '../../domain/ids.js';

/** A context as the store has it. */
export interface VersionedContext {
  readonly version: number;
  readonly context: UserContext;
}

/** Contexts that a node remembers for one space, some tens of kilobytes each; beyond them the longest unused go. */
export const REMEMBERED_CONTEXTS = 4096;

/** Contexts of the users who were seen last. */
export class ContextCache {
  readonly #most: number;
  readonly #contexts = new Map<Pseudonym, VersionedContext>();

  constructor(most: number = REMEMBERED_CONTEXTS) {
    this.#most = most;
  }

  get(user: Pseudonym): VersionedContext | undefined {
    const known = this.#contexts.get(user);
    if (known !== undefined) this.put(user, known);
    return known;
  }

  put(user: Pseudonym, context: VersionedContext): void {
    this.#contexts.delete(user);
    this.#contexts.set(user, context);
    for (const oldest of this.#contexts.keys()) {
      if (this.#contexts.size <= this.#most) break;
      this.#contexts.delete(oldest);
    }
  }

  users(): Iterable<Pseudonym> {
    return this.#contexts.keys();
  }

  drop(user: Pseudonym): void {
    this.#contexts.delete(user);
  }
}
