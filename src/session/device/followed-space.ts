import type { ForesyncError } from '../../domain/errors.js';
import type { DataHash, DeviceId, ItemId, Pseudonym } from '../../domain/ids.js';
import type { Change, Head } from '../../domain/item.js';
import type { ExplainedPush } from '../../domain/plan.js';
import type { Told } from '../../outbox/drawn.js';
import type { Parcel } from '../../outbox/parcel.js';
import { compare } from '../../sync/compare.js';
import type { DeviceLink } from './device-link.js';
import type { Judgement } from '../hello.js';
import type { Ledger } from './ledger.js';
import type { LiveSpace } from '../space/live-space.js';
import type { Member } from '../space/members.js';
import { offerPush, wantsContent } from './offer.js';
import type { SpaceState, SpaceStep } from '../transitions.js';
import { SPACE_TABLE, VERDICT_STEPS } from '../transitions.js';

/** A space as one session follows it: what the device holds of it, and up to where it was told about changes. */
export class FollowedSpace implements Member {
  readonly live: LiveSpace;
  readonly ledger: Ledger;
  readonly #link: DeviceLink;
  /** By shard: every change up to it was told, or will be before a position is claimed. */
  #told: number[] = [];
  #uncompared: readonly ItemId[] = [];
  #state: SpaceState = 'unknown';

  constructor(live: LiveSpace, ledger: Ledger, link: DeviceLink) {
    this.live = live;
    this.ledger = ledger;
    this.#link = link;
  }

  get user(): Pseudonym {
    return this.#link.user;
  }

  get device(): DeviceId {
    return this.#link.device;
  }

  get era(): number {
    return this.#link.era;
  }

  get state(): SpaceState {
    return this.#state;
  }

  get pushable(): boolean {
    return this.#link.open && (this.#state === 'live' || this.#state === 'catching-up');
  }

  /** Takes a step of the table; false if it does not fit the state. */
  step(step: SpaceStep): boolean {
    const next = SPACE_TABLE[this.#state][step];
    if (next === 'refused') return false;
    if (step === 'overflow' && this.#state === 'live') this.#leaveTail();
    const changed = next !== this.#state;
    this.#state = next;
    if (changed) this.#link.moved();
    return true;
  }

  /** Up to where changes of a shard are told: with the tail, if that is further. */
  told(shard: number): number {
    const own = this.#told[shard] ?? 0;
    return this.#state === 'live' ? Math.max(own, this.live.tail.positions[shard]?.offset ?? 0) : own;
  }

  tellUpTo(shard: number, offset: number): void {
    this.#told[shard] = offset;
  }

  /** What the device holds and has to be compared before the log is read. */
  get uncompared(): readonly ItemId[] {
    return this.#uncompared;
  }

  /**
   * Compares what the device holds, or is about to, with a head that was read after there was this reason for distrust.
   * False if there is no room to tell.
   */
  compare(item: ItemId, head: Head | null, reason: number): boolean {
    const held = this.holds(item);
    const isOld = held !== undefined && compare(held, head) !== 'current';
    if (isOld) return this.doubt(item, false);
    this.ledger.held.trust(item, reason);
    return true;
  }

  compared(count: number): void {
    this.#uncompared = this.#uncompared.slice(count);
  }

  /** Begins as Hello was judged. */
  begin({ verdict, held, told, replaceStored }: Judgement): void {
    for (const { item, dataHash } of held) this.ledger.held.load(this.live.holds(item, this), dataHash);
    if (replaceStored) this.ledger.replaceStored();
    this.#told = [...told];
    // Without a place in the log what it holds has to be compared.
    if (told.length === 0) this.#compareAll();
    this.step(VERDICT_STEPS[verdict]);
  }

  /** The device told all that it holds. */
  manifestComplete(): void {
    this.ledger.replaceStored();
    this.#compareAll();
    this.step('manifest');
  }

  holds(item: ItemId): DataHash | undefined {
    return this.#link.outbox.onItsWay(this.live.space, item)?.dataHash ?? this.ledger.held.get(item);
  }

  knows(item: ItemId, hash: DataHash): boolean {
    return this.#link.outbox.knows(this.live.space, item, hash);
  }

  allowance(nowMs: number): number {
    return wantsContent(this.#link.budget) ? this.#link.allowance.at(nowMs) : 0;
  }

  offer(pushes: readonly ExplainedPush[]): void {
    for (const push of pushes) offerPush(push, this, this.#link);
  }

  /** What was planned and is not sent comes back. */
  unsent(item: ItemId, bytes: number): void {
    this.#link.tally.unsentBytes += bytes;
    this.#link.allowance.refund(bytes);
    this.live.heart.refund(bytes);
    this.release(item);
  }

  /**
   * A change of an item that the device holds or is about to: what it holds is told to be old as soon as it can be.
   * False if there is no room to tell.
   */
  changed({ head, previousHash, writer }: Change): boolean {
    if (!this.#link.open) return true;
    const willHoldOld = this.#link.outbox.superseded(this.live.space, head);
    const held = this.ledger.held.get(head.item);
    // Content that came back: who was told that it is old has to be told that it is not. Not the one who wrote it.
    const cameBack = held === head.dataHash && previousHash !== head.dataHash && writer !== this.user;
    const holdsOld = held !== undefined && held !== head.dataHash;
    return !(willHoldOld || holdsOld || cameBack) || this.doubt(head.item, cameBack);
  }

  /** Has the item compared before positions go on. Without room for it the space goes on from the log, later. */
  doubt(item: ItemId, tellAnyway: boolean): boolean {
    const added = this.#link.outbox.doubt({ space: this.live.space, item, tellAnyway });
    if (!added) this.step('overflow');
    return added;
  }

  lost(error: ForesyncError): void {
    this.fail(error);
    this.step('log-lost');
  }

  fail(error: ForesyncError): void {
    this.#link.fail(error);
  }

  /** The device holds the content. */
  holdsNow(item: ItemId, hash: DataHash): void {
    this.ledger.held.set(this.live.holds(item, this), hash);
  }

  /** The device dropped the content, unless it holds another one of the item by now. */
  dropped(item: ItemId, hash: DataHash): void {
    const arriving = this.#link.outbox.arriving(this.live.space, item);
    if (arriving?.dataHash === hash) this.#link.outbox.droppedEarly(arriving);
    if (this.ledger.held.get(item) === hash) this.ledger.held.drop(item);
    this.release(item);
  }

  /** A content that answers a request is on its way. Compared once more when it went: its head was read before. */
  expects(parcel: Parcel): void {
    this.#link.outbox.send(parcel);
    this.live.holds(parcel.item, this);
    this.#verify(parcel.item);
  }

  /** The device says that it holds a content. Whether that is current has to be seen: it may have changed before. */
  claims(item: ItemId, hash: DataHash): void {
    const underWay = this.#link.outbox.onItsWay(this.live.space, item);
    if (underWay?.dataHash === hash) this.#link.outbox.spare(underWay);
    this.holdsNow(item, hash);
    this.#verify(item);
  }

  /** The device has stored a content. One that was planned was current when it was sent, whatever was held before. */
  stored(parcel: Parcel): void {
    this.holdsNow(parcel.item, parcel.dataHash);
    const { held } = this.ledger;
    if (parcel.bundle !== null) held.trust(parcel.item, held.reason(parcel.item));
  }

  /** The device knows what it was told of an item. */
  knowsNow({ item, reason }: Told): void {
    this.ledger.held.trust(item, reason);
  }

  /** The device could not make sense of a content: what it holds instead may be old. */
  rejected(parcel: Parcel): void {
    this.release(parcel.item);
    this.#verify(parcel.item);
  }

  #verify(item: ItemId): void {
    this.ledger.held.distrust(item);
    this.#link.outbox.verify(this.live.space, item);
  }

  /** A registered item that is neither held nor on its way concerns the session no more. */
  release(item: ItemId): void {
    if (this.holds(item) === undefined) this.live.releases(item, this);
  }

  /** The session is over: it holds nothing any more. */
  leave(): void {
    for (const item of this.ledger.held.items()) this.live.releases(item, this);
    for (const item of this.#link.outbox.itemsOnTheirWay(this.live.space)) this.live.releases(item, this);
  }

  /** What the tail applied is in the heads; what it has not, it will tell. So only heads have to be read. */
  #compareAll(): void {
    this.#told = this.live.tail.positions.map(({ offset }, shard) =>
      Math.max(offset, this.#told[shard] ?? 0),
    );
    const { space } = this.live;
    this.#uncompared = [...this.ledger.held.items(), ...this.#link.outbox.itemsOnTheirWay(space)];
    for (const item of this.#uncompared) this.ledger.held.distrust(item);
  }

  /** From here on the log is read at the session's own pace, from where it was told. */
  #leaveTail(): void {
    this.#told = this.#told.map((_, shard) => this.told(shard));
  }
}
