import type { BudgetLedger } from './ledger.js';
import { PriceWindow, type Offer } from './price-window.js';

/** The threshold is set anew after so many plans that had a candidate; before the first time nothing is worth its bytes. */
const PLANS_BETWEEN = 300;

/**
 * The one price of a space: the value τ that a candidate must exceed, set so that what is pushed follows what is
 * earned (REPLAY.md, "Price"). Needs no tuning by hand and judges a policy by its ranking alone.
 */
export class Price {
  readonly #ledger: BudgetLedger;
  readonly #plansBetween: number;
  #window = new PriceWindow();
  #threshold = Infinity;
  #plans = 0;

  constructor(ledger: BudgetLedger, plansBetween = PLANS_BETWEEN) {
    this.#ledger = ledger;
    this.#plansBetween = plansBetween;
  }

  /** τ: candidates above it are worth their bytes. */
  get threshold(): number {
    return this.#threshold;
  }

  /** Begins anew from a threshold: what is offered from here on is scored by somebody else. */
  restart(threshold: number): void {
    this.#window = new PriceWindow();
    this.#threshold = threshold;
    this.#plans = 0;
  }

  earned(bytes: number): void {
    this.#window.earn(bytes);
  }

  /** Counts a plan that had candidates; `best` are its best ones, which it has already dealt with. */
  planned(best: readonly Offer[]): void {
    this.#window.add(best);
    this.#plans += 1;
    if (this.#plans % this.#plansBetween === 0) this.#threshold = this.#window.valueAt(this.#target());
  }

  /** Bytes that the window's plans should have spent: what they earned, and half of what is owed, within bounds. */
  #target(): number {
    const { earned } = this.#window;
    const owed = (this.#ledger.earned - this.#ledger.spent) / 2;
    return earned + Math.max(-earned / 2, Math.min(earned / 2, owed));
  }
}
