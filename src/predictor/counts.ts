import type { UserContext } from '../domain/context.js';
import type { ItemId, Pseudonym } from '../domain/ids.js';
import { Accesses } from './accesses.js';
import { Float64Column } from './columns.js';
import { Company } from './company.js';
import { DecayedCounts } from './decayed-counts.js';
import { Folders } from './folders.js';
import { Interner } from './interner.js';
import { ItemGraph } from './item-graph.js';
import { Lately } from './lately.js';
import { Neighbours, Sums } from './neighbours.js';
import { Paths } from './paths.js';
import { Places } from './places.js';
import { Words } from './words.js';

/** Steps back that a use is still together with, and how much less each is. */
export const WINDOW = { steps: 5, decay: 0.7 } as const;

const DAY_MS = 24 * 60 * 60 * 1000;

/** What everyone did in a space, as counts by number of item and user: the data that statistics are read from. */
export class Counts {
  readonly items = new Interner<ItemId>();
  readonly users = new Interner<Pseudonym>();
  readonly words = new Words(this.items);
  readonly paths = new Paths(this.items);
  readonly graph = new ItemGraph(this.items, this.words);
  readonly accesses = new Accesses();
  readonly folders = new Folders(this.items);
  readonly lately = new Lately();
  /** Who opens what whom opened before. */
  readonly company = new Company();
  /** Uses by everyone, half-life 14 days. */
  readonly popularity = new DecayedCounts(14 * DAY_MS);
  /** Uses by everyone, half-life 1 day. */
  readonly trend = new DecayedCounts(DAY_MS);
  /** Steps that an item was in. */
  readonly uses = new Float64Column();
  /** From an item to the items of the same user's next step. */
  readonly transitions = new Neighbours();
  /** Sum of an item's transitions, those included that were forgotten. */
  readonly departures = new Float64Column();
  /** Items used in one step, or within five steps of a user: less, the farther apart. */
  readonly together = new Neighbours();
  /** Scratch for sums over neighbours, cleared by whoever used it. */
  readonly sums = new Sums();
  /** Scratch for the places of a question's items. */
  readonly places = new Places();
  readonly #numbers = new WeakMap<UserContext, ContextNumbers>();

  /** The numbers of what a context names. Contexts never change, so they are looked up once for each. */
  numbersOf(context: UserContext): ContextNumbers {
    const known = this.#numbers.get(context);
    if (known !== undefined) return known;
    const numbers = {
      items: context.items.map(({ item }) => this.items.number(item)),
      steps: context.recentSteps
        .slice(0, WINDOW.steps)
        .map((step) => step.map((item) => this.items.number(item))),
    };
    this.#numbers.set(context, numbers);
    return numbers;
  }
}

export interface ContextNumbers {
  /** Of all its items, in their order. */
  readonly items: readonly number[];
  /** Of the items of its last steps, newest step first, at most `WINDOW.steps`. */
  readonly steps: readonly (readonly number[])[];
}
