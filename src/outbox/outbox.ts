import type { Durability } from '../domain/checkpoint.js';
import type { DataHash, ItemId, SpaceId } from '../domain/ids.js';
import type { Head } from '../domain/item.js';
import type { ExplainedPush } from '../domain/plan.js';
import type { PushBudget, ServerEvent, ServerEventBody } from '../domain/session-port.js';
import type { Asked } from './asked.js';
import { Bell } from '../util/bell.js';
import type { Owes, Settled } from './deliveries.js';
import { Deliveries } from './deliveries.js';
import type { Doubt } from './doubts.js';
import type { Composed, Drawn, MetadataNote } from './drawn.js';
import { Lanes } from './lanes.js';
import type { OutboxLimits } from './limits.js';
import { lowered } from './limits.js';
import type { Parcel } from './parcel.js';
import { Pushes } from './pushes.js';

/** What was planned for the device and is not sent: see PushesObserver. */
export type Unsent = (space: SpaceId, item: ItemId, bytes: number) => void;

/**
 * What waits for one device, in bounded lanes. `draw` takes out what goes next, the session composes it, `seal` numbers
 * it: so heads and contents are as of sending, not of queueing, and no content is ever kept here. Knows no transport;
 * one reader draws. After `close` it takes nothing in and gives nothing out.
 */
export class Outbox {
  readonly #limits: OutboxLimits;
  readonly #lanes = new Lanes();
  readonly #pushes: Pushes;
  readonly #deliveries: Deliveries;
  readonly #work = new Bell();
  readonly #room = new Bell();
  #bounds: OutboxLimits;
  #drawn: readonly Drawn[] = [];
  #positionsDue = false;
  #transfers = 0;
  #closed = false;

  constructor(limits: OutboxLimits, budget: PushBudget, unsent: Unsent) {
    this.#limits = limits;
    this.#bounds = lowered(limits, budget);
    this.#pushes = new Pushes({ unsent, cancelled: (parcel) => this.#cancelled(parcel) });
    this.#deliveries = new Deliveries(this.#pushes, this.#lanes);
  }

  /** Nothing waits, nothing moves, everything is acknowledged. */
  get idle(): boolean {
    return this.#empty && this.#deliveries.allAcknowledged;
  }

  get positionInFlight(): boolean {
    return this.#deliveries.positionInFlight;
  }

  /** Whether those who had no room for a doubt may try again. */
  get roomy(): boolean {
    return this.#lanes.doubts.size * 2 <= this.#limits.maxDoubts;
  }

  /** The newest content of the item that is on its way. */
  onItsWay(space: SpaceId, item: ItemId): Parcel | undefined {
    return this.#pushes.get(space, item);
  }

  /** The content of the item that is wholly on the wire, and not acknowledged. */
  arriving(space: SpaceId, item: ItemId): Parcel | undefined {
    return this.#pushes.arriving(space, item);
  }

  itemsOnTheirWay(space: SpaceId): readonly ItemId[] {
    return this.#pushes.items(space);
  }

  /** Whether this content of the item was sent, or is about to be, as metadata. */
  knows(space: SpaceId, item: ItemId, dataHash: DataHash): boolean {
    return this.#lanes.told({ space }, { item, dataHash });
  }

  /** The device's own caps changed; what waits is dropped if it wants nothing unasked any more. */
  limit(budget: PushBudget): void {
    this.#bounds = lowered(this.#limits, budget);
    if (budget.paused) this.#lanes.forgetNotes();
    if (budget.paused || budget.metadataOnly) this.#pushes.dropWaiting();
    this.#work.ring();
  }

  say(body: ServerEventBody): void {
    this.#lanes.replies.say(body);
    this.#work.ring();
  }

  /** As `say`, but after everything that is to be answered or compared by now. */
  sayAfter(body: ServerEventBody): void {
    this.#lanes.echoes.push(body);
    this.#work.ring();
  }

  /** Activity batches up to this one are durable. */
  confirm(sequence: number, durability: Durability): void {
    this.#lanes.replies.confirm(sequence, durability);
    this.#work.ring();
  }

  ask(request: Asked): void {
    this.#lanes.ask(request);
    this.#work.ring();
  }

  /** A request that could not be answered yet: it goes on waiting. */
  askAgain(request: Asked): void {
    this.#lanes.askAgain([request]);
    this.#work.ring();
  }

  /** An item to compare before positions go on. False if there is no room for one more. */
  doubt(doubt: Doubt): boolean {
    const added = this.#closed || this.#lanes.doubts.add(doubt, this.#limits.maxDoubts);
    this.#work.ring();
    return added;
  }

  /** As `doubt`, for what the device itself brought about: it always finds room, but the device's next event may wait. */
  verify(space: SpaceId, item: ItemId): void {
    if (!this.#closed) this.#lanes.doubts.add({ space, item, tellAnyway: false }, Infinity);
    this.#work.ring();
  }

  /** Queues a planned content with its parts; `holds` says what the device holds or is about to. */
  plan(space: SpaceId, push: ExplainedPush, holds: (item: ItemId) => DataHash | undefined): void {
    this.#pushes.plan(space, push, holds, this.#bounds);
    if (this.#closed) this.#pushes.dropWaiting();
    this.#work.ring();
  }

  /** Queues a push without content, once for each content; beyond the bound the oldest goes. */
  note(note: MetadataNote): void {
    this.#lanes.note(note, this.#limits.maxMetadata);
    this.#work.ring();
  }

  /** See Pushes.superseded. */
  superseded(space: SpaceId, head: Pick<Head, 'item' | 'dataHash' | 'version'>): boolean {
    const mustBeTold = this.#pushes.superseded(space, head);
    this.#work.ring();
    return mustBeTold;
  }

  /** See Pushes.drop. */
  drop(parcel: Parcel): void {
    this.#pushes.drop(parcel);
    this.#work.ring();
  }

  /** See Pushes.spare. */
  spare(parcel: Parcel): void {
    this.#pushes.spare(parcel);
    this.#work.ring();
  }

  /** While composing: a content that answers a request is on its way from now on. */
  send(parcel: Parcel): void {
    this.#pushes.asked(parcel);
  }

  /** While composing: a number for a content that goes in chunks. */
  nextTransfer(): number {
    return ++this.#transfers;
  }

  /** Asks for positions to be claimed, with whatever goes next or alone. */
  claimPositions(): void {
    this.#positionsDue = true;
    this.#work.ring();
  }

  /** Whether there is something to draw or to claim. */
  get ready(): boolean {
    return this.#positionsDue || this.#lanes.ready(this.#pushes, this.#bounds);
  }

  /** Resolves when there is something to draw or to claim, or the outbox is closed. */
  async whenReady(): Promise<void> {
    while (!this.#closed && !this.ready) await this.#work.next();
  }

  /** Resolves when the device may hand in its next event: what it brings about must not pile up here. */
  async whenRoom(): Promise<void> {
    while (!this.#closed && (this.#lanes.owed >= this.#limits.maxReplies || this.#crowded))
      await this.#room.next();
  }

  /** Takes out about a frame of what goes next. */
  draw(): readonly Drawn[] {
    this.#drawn = this.#closed ? [] : this.#lanes.draw(this.#pushes, this.#bounds);
    return this.#drawn;
  }

  /** See Deliveries.seal. */
  seal(composed: readonly Composed[], claim: (owes: Owes) => ServerEventBody | null): readonly ServerEvent[] {
    const due = this.#positionsDue || composed.length > 0;
    this.#positionsDue = false;
    this.#drawn = [];
    const events = this.#closed ? [] : this.#deliveries.seal(composed, due ? claim : () => null);
    this.#room.ring();
    return events;
  }

  /** The last event of a session: outside the lanes, and also when the outbox is closed. */
  farewell(body: ServerEventBody): ServerEvent {
    return this.#deliveries.number(body);
  }

  /** See Deliveries.acknowledge. */
  acknowledge(delivery: number, rejected: readonly number[]): Settled {
    const settled = this.#deliveries.acknowledge(delivery, rejected);
    this.#work.ring();
    return settled;
  }

  /** The device had a content that was sent, and dropped it before it was acknowledged. */
  droppedEarly(parcel: Parcel): void {
    this.#pushes.settled(parcel);
    this.#work.ring();
  }

  /** Drops whatever was not sent, also what is being composed. */
  close(): void {
    this.#closed = true;
    this.#pushes.close();
    for (const entry of this.#drawn) if (entry.kind === 'planned') this.#pushes.drop(entry.parcel);
    this.#work.ring();
    this.#room.ring();
  }

  get #crowded(): boolean {
    return this.#lanes.doubts.size >= this.#limits.maxDoubts;
  }

  get #empty(): boolean {
    return !this.#lanes.filled && this.#pushes.idle && this.#drawn.length === 0 && !this.#positionsDue;
  }

  #cancelled(parcel: Parcel): void {
    const { transfer, movedBytes: offset } = parcel;
    const chunk = { transfer, offset, data: new Uint8Array(0), last: false, cancelled: true };
    this.#lanes.replies.say({ kind: 'chunk', chunk });
    this.#lanes.askAgain([...(parcel.request === null ? [] : [parcel.request]), ...parcel.joined]);
    parcel.joined = [];
  }
}
