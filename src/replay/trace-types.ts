import type { ItemId, UserId } from '../domain/ids.js';

/** A trace as the replay runs it: what happened, in order, with relations and sizes (REPLAY.md, "A trace is a folder"). */
export interface Trace {
  readonly name: string;
  readonly meta: TraceMeta;
  /** Every step in order; `steps[n].index === n`. */
  readonly steps: readonly TraceStep[];
  /** Steps and outside changes in one order of time; the steps in it are those of `steps`. */
  readonly moments: readonly TraceMoment[];
  /** What an item depends on: `link` edges in a replay. */
  readonly relations: ReadonlyMap<ItemId, readonly ItemId[]>;
  /** Size of an item's content in bytes, at least 1, always the same for the same item. */
  sizeOf(item: ItemId): number;
}

/** `meta.json`: which event types write, create or come from outside. */
export interface TraceMeta {
  readonly name: string;
  readonly licence: string;
  readonly train: boolean;
  /** Types that make new content; `*` = every type. */
  readonly writes: readonly string[];
  /** Types that create the item; `first` = an item's first event does. */
  readonly creates: readonly string[];
  /** Types that are no open: the item changed for this user. */
  readonly outside: readonly string[];
}

/** One line of `events.csv`. */
export interface TraceRow {
  readonly user: UserId;
  readonly item: ItemId;
  readonly type: string;
  readonly timeS: number;
  /** null if the trace has no device column. */
  readonly device: string | null;
}

export type TraceMoment = TraceStep | OutsideChange;

/** A user and a whole second; each item once, its types merged. */
export interface TraceStep {
  readonly kind: 'step';
  /** Place among the kept steps, from 0 on. */
  readonly index: number;
  readonly user: UserId;
  /** As the trace names it; null if it has no device column. */
  readonly device: string | null;
  readonly timeS: number;
  /** In order of first appearance, at most 100. */
  readonly items: readonly TraceItem[];
}

export interface TraceItem {
  readonly item: ItemId;
  readonly created: boolean;
  /** A created item is written too. */
  readonly written: boolean;
}

/** One change of one item from outside (a message arrived): the users that the rows of that second name. */
export interface OutsideChange {
  readonly kind: 'outside';
  readonly timeS: number;
  readonly item: ItemId;
  readonly users: readonly UserId[];
}
