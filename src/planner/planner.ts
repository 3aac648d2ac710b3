import type { PlannedPush, Scored } from '../domain/plan.js';
import { bundleBytes } from './closure.js';
import type { BudgetLedger } from './ledger.js';
import type { Price } from './price.js';
import { needOf, valueOf } from './value.js';

/** A plan pushes the contents of at most so many candidates, its best ones. */
export const BEST = 24;

/** How a plan decides; what it spends is taken from `ledger` and from what the device itself still admits. */
export interface PlanTerms {
  readonly ledger: BudgetLedger;
  readonly mode: PlanMode;
  /** Scores from here on are worth the metadata where the content is not; null: no metadata is pushed. */
  readonly metadataThreshold: number | null;
  /** Bytes that the device still admits; Infinity if it sets no bound. */
  readonly allowance: number;
  /** Whether this very state of the item was already told to the device. */
  knows(scored: Scored): boolean;
}

export type PlanMode =
  /**
   * Best value for the bytes first, while it is above the space's price. `byNeed`: the likeliest first while there is no
   * price, because the budget pays for all that is offered: then places in plans are scarce, and room on devices.
   */
  | { readonly kind: 'price'; readonly price: Price; readonly byNeed?: boolean }
  /** Highest score first, from a fixed score on. */
  | { readonly kind: 'threshold'; readonly content: number }
  /** In the order given, while the budget lasts. */
  | { readonly kind: 'first-come' };

/**
 * What to push to one device, best first: never more bytes than the ledger and the device admit, no item twice.
 * Stops at the first content that the ledger cannot pay, first come aside: there a smaller one may still be paid. What
 * only the device does not admit is passed over.
 */
export function plan(candidates: readonly Scored[], terms: PlanTerms): readonly PlannedPush[] {
  switch (terms.mode.kind) {
    case 'price':
      return planByPrice(candidates, terms, terms.mode);
    case 'threshold': {
      const { content } = terms.mode;
      const ranked = [...candidates].sort((a, b) => b.score - a.score);
      return contents(ranked.slice(0, BEST), terms, ({ score }) => score >= content, ranked);
    }
    case 'first-come':
      return contents(candidates, terms, () => true, []);
  }
}

function planByPrice(
  candidates: readonly Scored[],
  terms: PlanTerms,
  { price, byNeed = false }: Extract<PlanMode, { readonly kind: 'price' }>,
): readonly PlannedPush[] {
  if (candidates.length === 0) return [];
  const isFree = byNeed && price.threshold === -Infinity;
  const worth = ({ need, rank, score, bytes }: Scored): number =>
    isFree ? needOf(need ?? rank ?? score, bytes) : valueOf(rank ?? score, bytes);
  const ranked = candidates
    .map((scored) => ({ scored, value: worth(scored), bytes: scored.bytes }))
    .sort((a, b) => b.value - a.value);
  const best = ranked.slice(0, BEST);
  const worthIt = new Set(best.filter(({ value }) => value > price.threshold).map(({ scored }) => scored));
  const pushes = contents(
    best.map(({ scored }) => scored),
    terms,
    (scored) => worthIt.has(scored),
    ranked.map(({ scored }) => scored),
  );
  price.planned(best);
  return pushes;
}

/** Contents of the `best` while they are worth it and can be paid, then metadata for the others of `all`. */
function contents(
  best: readonly Scored[],
  terms: PlanTerms,
  worthIt: (scored: Scored) => boolean,
  all: readonly Scored[],
): readonly PlannedPush[] {
  const pushes: PlannedPush[] = [];
  const sent = new Set<string>();
  let admitted = terms.allowance;
  for (const candidate of best) {
    if (!worthIt(candidate)) break;
    const scored = withoutSent(candidate, sent);
    if (scored === null) continue;
    if (scored.bytes > terms.ledger.left) {
      if (terms.mode.kind === 'first-come') continue;
      break;
    }
    if (scored.bytes > admitted) continue;
    terms.ledger.spend(scored.bytes);
    admitted -= scored.bytes;
    for (const { item } of scored.bundle) sent.add(item);
    pushes.push({ kind: 'content', scored });
  }
  return [...pushes, ...metadata(all, terms, sent)];
}

/** What of a candidate is not yet on its way with an earlier one of the same plan; null if the item itself is. */
function withoutSent(scored: Scored, sent: ReadonlySet<string>): Scored | null {
  if (sent.has(scored.item)) return null;
  if (sent.size === 0 || scored.bundle.length === 1) return scored;
  const bundle = scored.bundle.filter(({ item }) => !sent.has(item));
  return { ...scored, bundle, bytes: bundleBytes(bundle) };
}

function metadata(all: readonly Scored[], terms: PlanTerms, sent: ReadonlySet<string>): PlannedPush[] {
  const { metadataThreshold } = terms;
  if (metadataThreshold === null) return [];
  return all
    .filter((scored) => scored.score >= metadataThreshold && !sent.has(scored.item) && !terms.knows(scored))
    .slice(0, BEST)
    .map((scored) => ({ kind: 'metadata', scored }));
}
