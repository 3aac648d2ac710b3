import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { PlannedPush, Scored } from '../../../src/domain/plan.js';
import { BudgetLedger } from '../../../src/planner/ledger.js';
import { BEST, plan, type PlanMode, type PlanTerms } from '../../../src/planner/planner.js';
import { Price } from '../../../src/planner/price.js';
import { scoredOf } from '../../support/plans.js';

const ledgerOf = (startBytes: number): BudgetLedger => new BudgetLedger({ ratio: 1, startBytes });
const termsOf = (ledger: BudgetLedger, mode: PlanMode, more: Partial<PlanTerms> = {}): PlanTerms => ({
  ledger,
  mode,
  metadataThreshold: null,
  allowance: Infinity,
  knows: () => false,
  ...more,
});
const told = (pushes: readonly PlannedPush[]): string[] =>
  pushes.map(({ kind, scored }) => `${kind} ${scored.item}`);

/** A price whose threshold is −∞: everything is worth its bytes. */
function openPrice(ledger: BudgetLedger): Price {
  const price = new Price(ledger);
  price.earned(ledger.earn(1e6));
  ledger.spend(1e6);
  for (let n = 0; n < 300; n++) price.planned([{ value: 0, bytes: 1 }]);
  assert.equal(price.threshold, -Infinity);
  return price;
}

describe('BudgetLedger', () => {
  it('earns its ratio of what is opened, and takes refunds back', () => {
    const ledger = new BudgetLedger({ ratio: 0.5, startBytes: 10 });
    assert.equal(ledger.earn(100), 50);
    ledger.spend(40);
    assert.deepEqual([ledger.earned, ledger.spent, ledger.left], [50, 40, 20]);
    ledger.refund(30);
    assert.equal(ledger.left, 50);
    ledger.refund(1000);
    assert.deepEqual([ledger.spent, ledger.left], [0, 60]);
    ledger.spend(100);
    assert.equal(ledger.left, 0);
  });
});

describe('plan by price', () => {
  it('pushes nothing before the price is known', () => {
    const ledger = ledgerOf(1000);
    const mode = { kind: 'price', price: new Price(ledger) } as const;
    assert.deepEqual(plan([scoredOf('a', 1)], termsOf(ledger, mode)), []);
  });

  it('takes the best value for the bytes first and stops at the first that cannot be paid', () => {
    const ledger = ledgerOf(25);
    const mode = { kind: 'price', price: openPrice(ledger) } as const;
    const candidates = [scoredOf('large', 1, 20), scoredOf('small', 0.5, 5), scoredOf('none', 0.0001, 1)];
    assert.deepEqual(told(plan(candidates, termsOf(ledger, mode))), ['content small', 'content large']);
    assert.equal(ledger.left, 0);
    assert.deepEqual(plan([scoredOf('a', 1, 2), scoredOf('b', 0.1, 1)], termsOf(ledgerOf(1), mode)), []);
  });

  it('takes the likeliest first where there is no price and it may', () => {
    const candidates = [scoredOf('large', 0.9, 20), scoredOf('small', 0.5, 5)];
    const ledger = ledgerOf(25);
    const free = { kind: 'price', price: openPrice(ledger), byNeed: true } as const;
    assert.deepEqual(told(plan(candidates, termsOf(ledger, free))), ['content large', 'content small']);
    const unlikely = [scoredOf('large', 3e-4, 100_000), scoredOf('small', 2e-4, 1000)];
    assert.deepEqual(told(plan(unlikely, termsOf(ledgerOf(1e9), free))), ['content small', 'content large']);
    const price = new Price(ledger);
    price.restart(-10);
    const scarce = { ...free, price };
    assert.deepEqual(told(plan(candidates, termsOf(ledgerOf(25), scarce))), [
      'content small',
      'content large',
    ]);
  });

  it('orders by what is needed soonest while there is no price, by what lasts while there is', () => {
    const soon = { ...scoredOf('soon', 0.6, 10), rank: 0.6, need: 0.6 };
    const lasts = { ...scoredOf('lasts', 0.2, 10), rank: 0.9, need: 0.2 };
    const ledger = ledgerOf(1e9);
    const free = { kind: 'price', price: openPrice(ledger), byNeed: true } as const;
    assert.deepEqual(told(plan([lasts, soon], termsOf(ledger, free))), ['content soon', 'content lasts']);
    const price = new Price(ledger);
    price.restart(-10);
    const scarce = termsOf(ledgerOf(1e9), { ...free, price });
    assert.deepEqual(told(plan([lasts, soon], scarce)), ['content lasts', 'content soon']);
  });

  it('pushes only what is above the price', () => {
    const ledger = ledgerOf(1e9);
    const price = new Price(ledger);
    price.earned(ledger.earn(1000));
    ledger.spend(1000);
    for (let n = 0; n < 300; n++) price.planned([{ value: -n / 100, bytes: 10 }]);
    assert.equal(price.threshold, -0.99);
    const mode = { kind: 'price', price } as const;
    const candidates = [scoredOf('above', 0.4, 1), scoredOf('below', 0.3, 1)];
    assert.deepEqual(told(plan(candidates, termsOf(ledger, mode))), ['content above']);
    const metadata = termsOf(ledger, mode, { metadataThreshold: 0.3 });
    assert.deepEqual(told(plan(candidates, metadata)), ['content above', 'metadata below']);
  });

  it('does not count a plan without candidates', () => {
    const ledger = ledgerOf(0);
    const price = new Price(ledger);
    for (let n = 0; n < 400; n++) plan([], termsOf(ledger, { kind: 'price', price }));
    assert.equal(price.threshold, Infinity);
  });
});

describe('plan by threshold', () => {
  const mode = { kind: 'threshold', content: 0.5 } as const;

  it('pushes content from the threshold on, metadata from its own on, nothing below', () => {
    const candidates = [scoredOf('c', 0.1), scoredOf('b', 0.3), scoredOf('a', 0.5), scoredOf('d', 0.49)];
    const terms = termsOf(ledgerOf(100), mode, { metadataThreshold: 0.3 });
    assert.deepEqual(told(plan(candidates, terms)), ['content a', 'metadata d', 'metadata b']);
  });

  it('tells no metadata twice', () => {
    const terms = termsOf(ledgerOf(100), mode, { metadataThreshold: 0.1, knows: ({ item }) => item === 'a' });
    assert.deepEqual(told(plan([scoredOf('a', 0.2), scoredOf('b', 0.2)], terms)), ['metadata b']);
  });

  it('passes over what only the device does not admit', () => {
    const terms = termsOf(ledgerOf(100), mode, { allowance: 12, metadataThreshold: 0.1 });
    const candidates = [scoredOf('large', 0.9, 20), scoredOf('fits', 0.8, 10), scoredOf('over', 0.7, 5)];
    assert.deepEqual(told(plan(candidates, terms)), ['content fits', 'metadata large', 'metadata over']);
  });
});

describe('plan first come', () => {
  it('goes in the order given and passes over what cannot be paid', () => {
    const candidates = [scoredOf('a', 0, 10), scoredOf('b', 1, 90), scoredOf('c', 0, 5)];
    assert.deepEqual(told(plan(candidates, termsOf(ledgerOf(20), { kind: 'first-come' }))), [
      'content a',
      'content c',
    ]);
  });

  it('sends a part that two items share once, and pays it once', () => {
    const part = scoredOf('part', 0, 4);
    const withPart = (item: string): Scored => {
      const alone = scoredOf(item, 0, 10);
      return { ...alone, bytes: 14, bundle: [...alone.bundle, ...part.bundle] };
    };
    const ledger = ledgerOf(100);
    const pushes = plan([withPart('a'), withPart('b'), part], termsOf(ledger, { kind: 'first-come' }));
    assert.deepEqual(
      pushes.map(({ scored }) => [scored.bytes, scored.bundle.map(({ item }) => item)]),
      [
        [14, ['a', 'part']],
        [10, ['b']],
      ],
    );
    assert.equal(ledger.spent, 24);
  });
});

describe('every plan', () => {
  it('stays within budget, allowance and its 24 best, and pushes no item twice', () => {
    const candidates = fc.uniqueArray(
      fc.record({ item: fc.nat(60), score: fc.double({ min: 0, max: 1, noNaN: true }), bytes: fc.nat(99) }),
      { selector: ({ item }) => item, maxLength: 50 },
    );
    const modes = fc.constantFrom('price', 'threshold', 'first-come');
    fc.assert(
      fc.property(candidates, modes, fc.nat(2000), fc.nat(2000), (all, kind, budget, allowance) => {
        const ledger = ledgerOf(budget);
        const mode: PlanMode =
          kind === 'price'
            ? { kind, price: openPrice(ledger) }
            : kind === 'threshold'
              ? { kind, content: 0.5 }
              : { kind };
        const scored = all.map(({ item, score, bytes }) => scoredOf(`i${item}`, score, bytes));
        const left = ledger.left;
        const pushes = plan(scored, termsOf(ledger, mode, { allowance, metadataThreshold: 0.2 }));
        const content = pushes.filter((push) => push.kind === 'content');
        const bytes = content.reduce((sum, push) => sum + push.scored.bytes, 0);
        assert.ok(bytes <= Math.min(left, allowance));
        assert.equal(ledger.left, left - bytes);
        if (kind !== 'first-come') assert.ok(content.length <= BEST);
        assert.equal(new Set(pushes.map((push) => push.scored.item)).size, pushes.length);
      }),
    );
  });
});
