import type { DataHash, ItemId, SpaceId } from '../domain/ids.js';
import type { Head } from '../domain/item.js';
import type { ExplainedPush, PlannedItem, Scored } from '../domain/plan.js';
import { Backlog } from './backlog.js';
import type { OutboxLimits } from './limits.js';
import type { Bundle } from './parcel.js';
import { Parcel } from './parcel.js';
import { Parcels } from './parcels.js';

/** What the contents on their way tell those around them. */
export interface PushesObserver {
  /** Planned bytes that were not sent and never will be. The item is no longer on its way, unless it is held. */
  unsent(space: SpaceId, item: ItemId, bytes: number): void;
  /** A content that was announced does not come: the device drops what came of it; requests for it go on waiting. */
  cancelled(parcel: Parcel): void;
}

/**
 * Contents on their way to one device: planned ones within the bounds on what is unacknowledged, asked ones at once.
 * No content is sent twice: at most one parcel of an item and content is on its way. Every planned byte is either sent
 * or told to the observer as unsent.
 */
export class Pushes {
  readonly #observer: PushesObserver;
  /** The newest parcel of each item, wherever it is. */
  readonly #parcels = new Parcels();
  /** The newest of each item that is wholly on the wire: what the device will hold. */
  readonly #arriving = new Parcels();
  readonly #backlog = new Backlog();
  #moving: Parcel[] = [];
  #inFlight = 0;
  #inFlightBytes = 0;

  constructor(observer: PushesObserver) {
    this.#observer = observer;
  }

  /** Nothing waits or moves. */
  get idle(): boolean {
    return this.#backlog.size === 0 && this.#moving.length === 0;
  }

  /** Unacknowledged pushes, with content or without. */
  get inFlight(): number {
    return this.#inFlight;
  }

  /** The newest content of the item that is on its way. */
  get(space: SpaceId, item: ItemId): Parcel | undefined {
    return this.#parcels.get(space, item) ?? this.#arriving.get(space, item);
  }

  /** The content of the item that is wholly on the wire. */
  arriving(space: SpaceId, item: ItemId): Parcel | undefined {
    return this.#arriving.get(space, item);
  }

  /** The items of a space of which a content is on its way. */
  items(space: SpaceId): readonly ItemId[] {
    return [...this.#parcels.items(space), ...this.#arriving.items(space)];
  }

  /** Queues what a plan decided, parts first. What the device holds or is about to hold is not sent again. */
  plan(
    space: SpaceId,
    { scored, reasons }: ExplainedPush,
    holds: (item: ItemId) => DataHash | undefined,
    limits: OutboxLimits,
  ): void {
    const bundle: Bundle = { score: scored.score, reasons, parcels: [] };
    for (const content of partsFirst(scored)) {
      const newest = this.#parcels.get(space, content.item);
      if (holds(content.item) === content.dataHash || (newest?.version ?? 0) > content.version) {
        this.#observer.unsent(space, content.item, content.sizeBytes);
        continue;
      }
      this.superseded(space, content);
      const parcel = new Parcel(space, content, bundle);
      bundle.parcels.push(parcel);
      this.#parcels.set(parcel);
    }
    for (const parcel of this.#backlog.add(bundle, limits.maxPlanned)) this.drop(parcel);
  }

  /** A content that a request brought about; it takes the place of a planned one that still waits. */
  asked(parcel: Parcel): void {
    const waiting = this.#parcels.get(parcel.space, parcel.item);
    if (waiting?.state === 'queued') this.#drop(waiting);
    parcel.state = 'composing';
    this.#parcels.set(parcel);
  }

  /** The next planned content, if the bounds admit one more. */
  next(limits: OutboxLimits): Parcel | undefined {
    const parcel = this.peek(limits);
    if (parcel === undefined) return undefined;
    this.#backlog.shift();
    parcel.state = 'composing';
    this.#inFlight++;
    this.#inFlightBytes += parcel.sizeBytes;
    return parcel;
  }

  peek(limits: OutboxLimits): Parcel | undefined {
    const first = this.#backlog.first;
    if (first === undefined || this.#inFlight >= limits.maxInFlight) return undefined;
    const fits = this.#inFlightBytes + first.sizeBytes <= limits.maxInFlightBytes;
    return fits || this.#inFlight === 0 ? first : undefined;
  }

  /** The content whose next chunk goes first: what somebody waits for, else the oldest, unless those pause. */
  nextMoving(paused: boolean): Parcel | undefined {
    return this.#moving.find((parcel) => parcel.awaited) ?? (paused ? undefined : this.#moving[0]);
  }

  /** Whether something that is about to arrive has to be compared again before positions may be claimed. */
  owes(space: SpaceId): boolean {
    return this.#moving.some((parcel) => parcel.outdated && parcel.space === space);
  }

  announced(parcel: Parcel): void {
    parcel.state = 'moving';
    this.#moving.push(parcel);
  }

  /** All of it is on the wire. */
  sent(parcel: Parcel): void {
    if (parcel.state === 'moving') this.#moving = this.#moving.filter((other) => other !== parcel);
    parcel.state = 'sent';
    this.#arriving.set(parcel);
  }

  /** Acknowledged, whether it was stored or rejected. */
  settled(parcel: Parcel): void {
    this.#finish(parcel);
  }

  /**
   * The item has another content now. What was not sent is dropped, a transfer that nobody waits for is cancelled.
   * True if the device will nevertheless hold the old content, so that it must be told.
   */
  superseded(space: SpaceId, head: Pick<Head, 'item' | 'dataHash' | 'version'>): boolean {
    const arriving = this.#arriving.get(space, head.item);
    const parcel = this.#parcels.get(space, head.item);
    const mustBeTold = arriving !== undefined && isOlder(arriving, head);
    if (parcel === undefined || parcel === arriving || !isOlder(parcel, head)) return mustBeTold;
    if (parcel.awaited) parcel.outdated = true;
    else this.drop(parcel);
    return mustBeTold;
  }

  /** It is not sent, or not to its end; nor are those planned with it that were not sent yet. */
  drop(parcel: Parcel): void {
    this.#drop(parcel);
    for (const sibling of parcel.bundle?.parcels ?? []) {
      if (sibling.state === 'queued' || sibling.state === 'composing') this.#drop(sibling);
    }
  }

  /** The device came to hold the content by itself: it need not be sent any more. What was planned with it still is. */
  spare(parcel: Parcel): void {
    if (!parcel.awaited) this.#drop(parcel);
  }

  /** Drops what waits: the device wants nothing unasked any more. */
  dropWaiting(): void {
    for (let first = this.#backlog.first; first !== undefined; first = this.#backlog.first) this.#drop(first);
  }

  /** Drops whatever was not sent, or not to its end: the session is over. */
  close(): void {
    this.dropWaiting();
    for (const parcel of this.#moving) this.#drop(parcel);
  }

  /** A push without content is on the wire, and then acknowledged. */
  noteSent(): void {
    this.#inFlight++;
  }

  noteSettled(): void {
    this.#inFlight--;
  }

  #drop(parcel: Parcel): void {
    if (parcel.state === 'over' || parcel.state === 'sent') return;
    const announced = parcel.state === 'moving';
    this.#finish(parcel);
    if (announced) this.#observer.cancelled(parcel);
    if (parcel.bundle !== null)
      this.#observer.unsent(parcel.space, parcel.item, parcel.sizeBytes - parcel.movedBytes);
  }

  #finish(parcel: Parcel): void {
    if (parcel.state === 'queued') this.#backlog.remove(parcel);
    else if (parcel.bundle !== null) {
      this.#inFlight--;
      this.#inFlightBytes -= parcel.sizeBytes;
    }
    if (parcel.state === 'moving') this.#moving = this.#moving.filter((other) => other !== parcel);
    parcel.state = 'over';
    this.#parcels.delete(parcel);
    this.#arriving.delete(parcel);
  }
}

/** Other content than the item has, and not newer: a session may know of a change before its tail does. */
function isOlder(parcel: Parcel, head: Pick<Head, 'dataHash' | 'version'>): boolean {
  return parcel.dataHash !== head.dataHash && parcel.version <= head.version;
}

function partsFirst({ item, bundle }: Scored): readonly PlannedItem[] {
  if (bundle.length === 1) return bundle;
  return [
    ...bundle.filter((content) => content.item !== item),
    ...bundle.filter((content) => content.item === item),
  ];
}
