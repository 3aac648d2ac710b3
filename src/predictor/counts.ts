import type { ItemId, Pseudonym } from '../domain/ids.js';
import { Accesses } from './accesses.js';
import { Float64Column } from './columns.js';
import { DecayedCounts } from './decayed-counts.js';
import { Interner } from './interner.js';
import { ItemGraph } from './item-graph.js';
import { Neighbours, Sums } from './neighbours.js';

const DAY_MS = 24 * 60 * 60 * 1000;

/** What everyone did in a space, as counts by number of item and user: the data that statistics are read from. */
export class Counts {
  readonly items = new Interner<ItemId>();
  readonly users = new Interner<Pseudonym>();
  readonly graph = new ItemGraph(this.items);
  readonly accesses = new Accesses();
  /** Uses by everyone, half-life 14 days. */
  readonly popularity = new DecayedCounts(14 * DAY_MS);
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
}
