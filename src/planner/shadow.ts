import type { DataHash, ItemId, Pseudonym } from '../domain/ids.js';
import type { Scored } from '../domain/plan.js';
import { BudgetLedger, type BudgetTerms } from './ledger.js';
import { plan, type PlanMode } from './planner.js';
import { Price, type PriceTerms } from './price.js';
import { ShadowBuffer } from './shadow-buffer.js';

/** A shadow sees a sixth of the plans: so its price has settled, and follows its ledger, when the real one does (ADR 5). */
export const SHADOW_PRICE: PriceTerms = { between: 50, window: { most: 250, kept: 150 } };

export interface ShadowTerms {
  readonly budget: BudgetTerms;
  readonly payment: 'price' | 'first-come';
  /** See PlanMode. */
  readonly byNeed?: boolean;
}

/** An item as it is at a moment. */
export interface ItemState {
  readonly item: ItemId;
  readonly dataHash: DataHash;
  readonly bytes: number;
}

/**
 * What would happen if a policy ruled: it plans for devices that do not exist, with a budget and a price of its own, and
 * tells which opens it would have spared. Whoever owns it bounds the number of users.
 */
export class Shadow {
  readonly #ledger: BudgetLedger;
  readonly #price: Price;
  readonly #mode: PlanMode;
  readonly #buffers = new Map<Pseudonym, ShadowBuffer>();
  #plans = 0;

  constructor({ budget, payment, byNeed = false }: ShadowTerms) {
    this.#ledger = new BudgetLedger(budget);
    this.#price = new Price(this.#ledger, SHADOW_PRICE);
    this.#mode = payment === 'price' ? { kind: 'price', price: this.#price, byNeed } : { kind: 'first-come' };
  }

  /** Whether its price was set once: before that it pushes nothing. */
  get isWarm(): boolean {
    return this.#mode.kind !== 'price' || this.#plans >= SHADOW_PRICE.between;
  }

  /** The price that its pushes pay, in the units of its scores. */
  get threshold(): number {
    return this.#price.threshold;
  }

  /** Bytes that it would have pushed. */
  get pushedBytes(): number {
    return this.#ledger.spent;
  }

  /** Items that its devices keep, together. */
  get items(): number {
    let items = 0;
    for (const buffer of this.#buffers.values()) items += buffer.items;
    return items;
  }

  holds(user: Pseudonym, item: ItemId): DataHash | undefined {
    return this.#buffers.get(user)?.holds(item);
  }

  /** Would push to the user what of these is worth its bytes and not held. */
  plan(user: Pseudonym, offers: readonly Scored[]): void {
    const buffer = this.#bufferOf(user);
    const lacking = offers.filter(({ item, bundle: [own] }) => buffer.holds(item) !== own?.dataHash);
    if (lacking.length === 0) return;
    this.#plans += 1;
    const pushes = plan(lacking, {
      ledger: this.#ledger,
      mode: this.#mode,
      metadataThreshold: null,
      allowance: Infinity,
      knows: () => false,
    });
    for (const { scored } of pushes) {
      for (const { item, dataHash, sizeBytes } of scored.bundle) buffer.put(item, dataHash, sizeBytes);
    }
  }

  /** The user opens an item, which earns budget: whether it would have been there. Then it is. */
  opened(user: Pseudonym, { item, dataHash, bytes }: ItemState): boolean {
    this.#price.earned(this.#ledger.earn(bytes));
    const buffer = this.#bufferOf(user);
    const isThere = buffer.holds(item) === dataHash;
    buffer.put(item, dataHash, bytes);
    return isThere;
  }

  /** The user's device has a content that it wrote. */
  wrote(user: Pseudonym, { item, dataHash, bytes }: ItemState): void {
    this.#bufferOf(user).put(item, dataHash, bytes);
  }

  /** Forgets a user's device. */
  forget(user: Pseudonym): void {
    this.#buffers.delete(user);
  }

  #bufferOf(user: Pseudonym): ShadowBuffer {
    const buffer = this.#buffers.get(user) ?? new ShadowBuffer();
    this.#buffers.set(user, buffer);
    return buffer;
  }
}
