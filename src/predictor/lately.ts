/** Steps that are known, and items of each. */
const BOUND = { steps: 16, items: 12 } as const;

interface Past {
  readonly user: number;
  readonly items: readonly number[];
}

/** The last steps of everyone in a space, the newest first: what goes on around a user. */
export class Lately {
  #steps: Past[] = [];

  stepped(user: number, items: readonly number[]): void {
    this.#steps.unshift({ user, items: items.slice(0, BOUND.items) });
    if (this.#steps.length > BOUND.steps) this.#steps.pop();
  }

  forget(user: number): void {
    this.#steps = this.#steps.filter((step) => step.user !== user);
  }

  /** The last steps of others, newest first, at most `most`. */
  ofOthers(user: number, most: number): readonly (readonly number[])[] {
    const found: (readonly number[])[] = [];
    for (const step of this.#steps) {
      if (found.length === most) break;
      if (step.user !== user) found.push(step.items);
    }
    return found;
  }
}
