import type { ItemId, UserId } from '../domain/ids.js';
import { LastChanges } from './last-changes.js';
import type { OutsideChange, TraceItem, TraceMeta, TraceMoment, TraceRow, TraceStep } from './trace-types.js';

/** Larger steps are bulk jobs. */
const STEP_ITEMS = 100;

/** Every step in order, and the same steps with the outside changes between them. */
export interface Moments {
  readonly steps: readonly TraceStep[];
  readonly moments: readonly TraceMoment[];
}

/**
 * Makes steps of rows that come in order of time (REPLAY.md, "Steps"): one for each user and whole second, each item
 * once. Steps of more than 100 items are dropped, and so is a step that is just the user's previous single item again,
 * unless another user or an outside change changed that item in between. Nothing in a dropped step has happened.
 */
export class StepMaker {
  readonly #meta: TraceMeta;
  readonly #steps: TraceStep[] = [];
  readonly #moments: TraceMoment[] = [];
  readonly #changes = new LastChanges();
  readonly #before = new Map<UserId, { readonly single: ItemId | null; readonly moment: number }>();
  readonly #seen = new Set<ItemId>();
  // What the second that is being read holds so far, in order of first appearance.
  #second = -Infinity;
  #open = new Map<string, OpenStep | OpenChange>();

  constructor(meta: TraceMeta) {
    this.#meta = meta;
  }

  add(row: TraceRow): void {
    const second = Math.floor(row.timeS);
    if (second !== this.#second) this.#close();
    this.#second = second;
    const isFirst = !this.#seen.has(row.item);
    this.#seen.add(row.item);
    if (this.#meta.outside.includes(row.type)) this.#addOutside(row);
    else this.#addToStep(row, isFirst);
  }

  /** All that was made, once every row was added. */
  finish(): Moments {
    this.#close();
    return { steps: this.#steps, moments: this.#moments };
  }

  #addOutside({ user, item }: TraceRow): void {
    const key = `outside ${item}`;
    const open = this.#open.get(key) ?? { kind: 'outside', item, users: new Set<UserId>() };
    if (open.kind === 'outside') open.users.add(user);
    this.#open.set(key, open);
  }

  #addToStep({ user, item, type, device }: TraceRow, isFirst: boolean): void {
    const key = `step ${user}`;
    const open = this.#open.get(key) ?? { kind: 'step', user, device, items: new Map<ItemId, TraceItem>() };
    this.#open.set(key, open);
    if (open.kind !== 'step') return;
    const { creates, writes } = this.#meta;
    const before = open.items.get(item);
    const created =
      before?.created === true || creates.includes(type) || (isFirst && creates.includes('first'));
    const written = before?.written === true || created || writes.includes('*') || writes.includes(type);
    open.items.set(item, { item, created, written });
  }

  #close(): void {
    for (const open of this.#open.values()) {
      if (open.kind === 'step') this.#closeStep(open);
      else this.#closeOutside(open);
    }
    this.#open = new Map();
  }

  #closeOutside({ item, users }: OpenChange): void {
    this.#changes.changed(item, null, this.#moments.length);
    this.#moments.push({ kind: 'outside', timeS: this.#second, item, users: [...users] });
  }

  #closeStep({ user, device, items }: OpenStep): void {
    if (items.size > STEP_ITEMS || this.#isRepeat(user, items)) return;
    const moment = this.#moments.length;
    const step: TraceStep = {
      kind: 'step',
      index: this.#steps.length,
      user,
      device,
      timeS: this.#second,
      items: [...items.values()],
    };
    for (const { item, written } of step.items) if (written) this.#changes.changed(item, user, moment);
    this.#before.set(user, { single: singleOf(items), moment });
    this.#steps.push(step);
    this.#moments.push(step);
  }

  #isRepeat(user: UserId, items: ReadonlyMap<ItemId, TraceItem>): boolean {
    const item = singleOf(items);
    const before = this.#before.get(user);
    if (item === null || before?.single !== item) return false;
    return this.#changes.lastByOthers(item, user) <= before.moment;
  }
}

interface OpenStep {
  readonly kind: 'step';
  readonly user: UserId;
  readonly device: string | null;
  readonly items: Map<ItemId, TraceItem>;
}

interface OpenChange {
  readonly kind: 'outside';
  readonly item: OutsideChange['item'];
  readonly users: Set<UserId>;
}

function singleOf(items: ReadonlyMap<ItemId, TraceItem>): ItemId | null {
  const [first, second] = items.keys();
  return first === undefined || second !== undefined ? null : first;
}
