import assert from 'node:assert/strict';
import fc from 'fast-check';
import { BudgetLedger } from '../../../src/planner/ledger.js';
import { PriceWindow } from '../../../src/planner/price-window.js';
import { Price, PRICE } from '../../../src/planner/price.js';
import { valueOf } from '../../../src/planner/value.js';

const { window: WINDOW } = PRICE;

const offers = fc.array(
  fc.record({ value: fc.integer({ min: -20, max: 0 }), bytes: fc.integer({ min: 1, max: 1000 }) }),
  { minLength: 1, maxLength: 40 },
);

describe('valueOf', () => {
  it('is log(score) − log(bytes), and never infinite', () => {
    assert.equal(valueOf(1, 1), 0);
    assert.ok(Math.abs(valueOf(0.5, 100) - (Math.log(0.5) - Math.log(100))) < 1e-12);
    assert.equal(valueOf(0, 1), Math.log(1e-9));
    assert.equal(valueOf(1, 0), 0);
  });
});

describe('PriceWindow', () => {
  it('finds the value at which the best offers add up to the bytes, as a sort by hand does', () => {
    fc.assert(
      fc.property(offers, fc.integer({ min: 0, max: 20_000 }), (all, bytes) => {
        const window = new PriceWindow(WINDOW);
        for (const offer of all) window.add([offer]);
        let sum = 0;
        const byHand = [...all]
          .sort((a, b) => b.value - a.value)
          .find((offer) => (sum += offer.bytes) >= bytes)?.value;
        assert.equal(window.valueAt(bytes), byHand ?? -Infinity);
      }),
    );
  });

  it('keeps the newest 900 plans of more than 1500 and scales what was earned', () => {
    const window = new PriceWindow(WINDOW);
    window.earn(1500);
    for (let plan = 0; plan < WINDOW.most; plan++) window.add([{ value: plan, bytes: 1 }]);
    assert.deepEqual([window.earned, window.valueAt(WINDOW.most)], [1500, 0]);
    window.add([{ value: WINDOW.most, bytes: 1 }]);
    assert.deepEqual([window.earned, window.valueAt(WINDOW.kept)], [900, WINDOW.most - WINDOW.kept + 1]);
    assert.equal(window.valueAt(WINDOW.kept + 1), -Infinity);
  });

  it('has no price without offers', () => assert.equal(new PriceWindow(WINDOW).valueAt(0), -Infinity));
});

describe('Price', () => {
  it('learns the newest 300 plans of a lesson, and of none that is cut off', () => {
    const price = (): Price => new Price(new BudgetLedger({ ratio: 1, startBytes: 0 }));
    const [teller, pupil] = [price(), price()];
    assert.deepEqual(teller.lesson(), [], 'it keeps account from here');
    for (let plan = 0; plan < 310; plan++) teller.planned([{ value: -plan, bytes: 10 }]);
    teller.earned(100);
    const lesson = teller.lesson();
    assert.deepEqual([lesson.length, ...lesson.slice(0, 4)], [1 + 3 * 300, 100, 1, -10, 10]);
    pupil.taught(lesson);
    assert.equal(pupil.threshold, -19, 'ten offers of ten bytes');
    assert.deepEqual([teller.lesson(), pupil.lesson()], [[], []]);
    for (const bad of [
      [0, 2, 1],
      [0, 1.5, 1, 1],
      [0, -1],
      [0, ...Array<number>(301).fill(0)],
    ])
      assert.throws(() => price().taught(bad), { code: 'STORE_CORRUPT' });
    teller.earned(5);
    teller.restart(1);
    assert.deepEqual(teller.lesson(), [], 'of another ruler');
  });

  const priced = (spent: number, earned: number) => {
    const ledger = new BudgetLedger({ ratio: 1, startBytes: 0 });
    const price = new Price(ledger);
    price.earned(ledger.earn(earned));
    ledger.spend(spent);
    // 300 plans with one offer of 10 bytes each, values 0, −1, −2, …
    for (let plan = 0; plan < 300; plan++) {
      assert.equal(price.threshold, Infinity);
      price.planned([{ value: -plan, bytes: 10 }]);
    }
    return price.threshold;
  };

  it('admits nothing for 300 plans, then what the window earned', () => {
    assert.equal(priced(1000, 1000), -99);
  });

  it('adds half of what is owed, at most half of the earnings', () => {
    assert.equal(priced(600, 1000), -119);
    assert.equal(priced(0, 1000), -149);
  });

  it('takes off half of what was overspent, at most half of the earnings', () => {
    assert.equal(priced(1400, 1000), -79);
    assert.equal(priced(9000, 1000), -49);
  });

  it('admits everything if all of it costs less than was earned', () => {
    assert.equal(priced(100_000, 100_000), -Infinity);
  });
});
