import type { BudgetLedger } from './ledger.js';
import { ForesyncError } from '../domain/errors.js';
import { PriceWindow, type Offer, type WindowTerms } from './price-window.js';

/** In plans that had a candidate. */
export interface PriceTerms {
  /** The threshold is set anew after so many; before the first time nothing is worth its bytes. */
  readonly between: number;
  readonly window: WindowTerms;
}

/** Of real plans (REPLAY.md, "Price"). */
export const PRICE: PriceTerms = { between: 300, window: { most: 1500, kept: 900 } };

/** Plans that a lesson tells of at most, the newest. */
const MOST_TOLD = 300;

/**
 * The one price of a space: the value τ that a candidate must exceed, set so that what is pushed follows what is
 * earned (REPLAY.md, "Price"). Needs no tuning by hand and judges a policy by its ranking alone.
 */
export class Price {
  readonly #ledger: BudgetLedger;
  readonly #terms: PriceTerms;
  #window: PriceWindow;
  #threshold = Infinity;
  #plans = 0;
  /** Since it was asked for a lesson last; null: nobody asks. */
  #notes: { earned: number; plans: (readonly Offer[])[] } | null = null;

  constructor(ledger: BudgetLedger, terms = PRICE) {
    this.#ledger = ledger;
    this.#terms = terms;
    this.#window = new PriceWindow(terms.window);
  }

  /** τ: candidates above it are worth their bytes. */
  get threshold(): number {
    return this.#threshold;
  }

  /** Begins anew from a threshold: what is offered from here on is scored by somebody else. */
  restart(threshold: number): void {
    this.#window = new PriceWindow(this.#terms.window);
    this.#threshold = threshold;
    this.#plans = 0;
    if (this.#notes !== null) this.#notes = { earned: 0, plans: [] };
  }

  earned(bytes: number): void {
    this.#window.earn(bytes);
    if (this.#notes !== null) this.#notes.earned += bytes;
  }

  /** Counts a plan that had candidates; `best` are its best ones, which it has already dealt with. */
  planned(best: readonly Offer[]): void {
    if (this.#notes !== null) {
      this.#notes.plans.push(best.map(({ value, bytes }) => ({ value, bytes })));
      if (this.#notes.plans.length > MOST_TOLD) this.#notes.plans.shift();
    }
    this.#count(best);
  }

  /** What was earned and offered here since it was asked last; empty if nothing, and at the first time. */
  lesson(): readonly number[] {
    const notes = this.#notes;
    this.#notes = { earned: 0, plans: [] };
    if (notes === null || (notes.earned === 0 && notes.plans.length === 0)) return [];
    const plans = notes.plans.map((offers) => [
      offers.length,
      ...offers.flatMap(({ value, bytes }) => [value, bytes]),
    ]);
    return [notes.earned, ...plans.flat()];
  }

  /** Learns a lesson of another node, whose values must be of the same ruler. Throws STORE_CORRUPT. */
  taught(lesson: readonly number[]): void {
    const [earned = 0] = lesson;
    const plans = plansOf(lesson);
    this.#window.earn(earned);
    for (const offers of plans) this.#count(offers);
  }

  #count(best: readonly Offer[]): void {
    this.#window.add(best);
    this.#plans += 1;
    if (this.#plans % this.#terms.between === 0) this.#threshold = this.#window.valueAt(this.#target());
  }

  /** Bytes that the window's plans should have spent: what they earned, and half of what is owed, within bounds. */
  #target(): number {
    const { earned } = this.#window;
    const owed = (this.#ledger.earned - this.#ledger.spent) / 2;
    return earned + Math.max(-earned / 2, Math.min(earned / 2, owed));
  }
}

/** The plans of a lesson: of each the number of offers, then their values and bytes. */
function plansOf(lesson: readonly number[]): readonly (readonly Offer[])[] {
  const plans: Offer[][] = [];
  for (let at = 1; at < lesson.length; ) {
    const count = lesson[at] ?? 0;
    const end = at + 1 + 2 * count;
    if (!Number.isInteger(count) || count < 0 || end > lesson.length || plans.length >= MOST_TOLD)
      throw new ForesyncError('STORE_CORRUPT', 'lesson of a price: a plan is cut off');
    plans.push(
      Array.from({ length: count }, (_, place) => ({
        value: lesson[at + 1 + 2 * place] ?? 0,
        bytes: lesson[at + 2 + 2 * place] ?? 0,
      })),
    );
    at = end;
  }
  return plans;
}
