import type { ForesyncError } from '../../domain/errors.js';
import type { ItemId, SpaceId } from '../../domain/ids.js';
import type { Change } from '../../domain/item.js';
import type { DevicePlan, ExplainedPush } from '../../domain/plan.js';
import type { FeedTail } from './feed-tail.js';
import { Holders } from './holders.js';
import type { Member, Members } from './members.js';
import type { SpaceHeart } from './space-heart.js';
import type { Tail } from './tail.js';

/**
 * A space on this node: its heart, its tail, the sessions that follow it and who of them holds what. Whatever a change or
 * a batch brings about reaches the sessions from here.
 */
export class LiveSpace {
  readonly space: SpaceId;
  readonly heart: SpaceHeart;
  readonly tail: Tail;
  /** null where no other node applies anything. */
  readonly feed: FeedTail | null;
  readonly members: Members;
  readonly #holders = new Holders<Member>();
  readonly #onPlanFault: (error: unknown) => void;

  constructor(
    space: SpaceId,
    heart: SpaceHeart,
    tails: { readonly log: Tail; readonly feed: FeedTail | null },
    members: Members,
    onPlanFault: (error: unknown) => void,
  ) {
    this.space = space;
    this.heart = heart;
    this.tail = tails.log;
    this.feed = tails.feed;
    this.members = members;
    this.#onPlanFault = onPlanFault;
  }

  /** Contents that its sessions' devices hold, or are about to. */
  get held(): number {
    return this.#holders.size;
  }

  /** The device holds the item or is about to. Answers the id to keep it under. */
  holds(item: ItemId, member: Member): ItemId {
    return this.#holders.add(item, member);
  }

  releases(item: ItemId, member: Member): void {
    this.#holders.delete(item, member);
  }

  /**
   * One change, in the order of the log. A plan that fails stops no change from being told. Holders are told of the old
   * content before the new one is queued: the outbox leaves out what the new content makes needless.
   */
  async apply(change: Change): Promise<void> {
    const plans = await this.#plansFor(change);
    for (const member of this.#holders.of(change.head.item)) member.changed(change);
    this.offer(plans);
  }

  /** Queues plans at their devices; what was planned for a device that has gone meanwhile is given back. */
  offer(plans: readonly DevicePlan[]): void {
    for (const { user, device, pushes } of plans) {
      const member = this.members.find(user, device);
      if (member === undefined) this.#refund(pushes);
      else member.offer(pushes);
    }
  }

  /** The log cannot be followed any more: every session of the space is told, and so ends. */
  lost(error: ForesyncError): void {
    for (const member of this.members.all()) member.lost(error);
  }

  async #plansFor(change: Change): Promise<readonly DevicePlan[]> {
    try {
      return await this.heart.onChange(change);
    } catch (thrown) {
      this.#onPlanFault(thrown);
      return [];
    }
  }

  #refund(pushes: readonly ExplainedPush[]): void {
    for (const push of pushes) if (push.kind === 'content') this.heart.refund(bytesOf(push));
  }
}

/** What a push takes from the budget. */
export function bytesOf({ scored }: ExplainedPush): number {
  return scored.bundle.reduce((sum, content) => sum + content.sizeBytes, 0);
}
