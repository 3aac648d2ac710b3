import assert from 'node:assert/strict';
import fc from 'fast-check';
import { itemId, pseudonym } from '../../../src/domain/ids.js';
import type { Scored } from '../../../src/domain/plan.js';
import { Shadow, SHADOW_PRICE, type ItemState } from '../../../src/planner/shadow.js';
import { seededRandom } from '../../../src/util/seeded-random.js';
import { headOf, scoredOf } from '../../support/plans.js';

const U = pseudonym('u');
const stateOf = (item: string, bytes = 10): ItemState => ({
  item: itemId(item),
  dataHash: headOf(item).dataHash,
  bytes,
});

describe('Shadow', () => {
  it('has ready what it would have pushed, and what was opened before', () => {
    const shadow = new Shadow({ budget: { ratio: 1, startBytes: 100 }, payment: 'first-come' });
    shadow.plan(U, [scoredOf('a', 1)]);
    assert.equal(shadow.opened(U, stateOf('a')), true);
    assert.equal(shadow.opened(U, stateOf('b')), false);
    assert.equal(shadow.opened(U, stateOf('b')), true);
    assert.equal(shadow.opened(pseudonym('v'), stateOf('a')), false);
    assert.equal(shadow.pushedBytes, 10);
  });

  it('has no old content ready, but what the user wrote', () => {
    const shadow = new Shadow({ budget: { ratio: 1, startBytes: 100 }, payment: 'first-come' });
    const newer = { ...stateOf('a'), dataHash: headOf('newer').dataHash };
    shadow.wrote(U, stateOf('a'));
    assert.equal(shadow.holds(U, itemId('a')), stateOf('a').dataHash);
    assert.equal(shadow.opened(U, newer), false);
    shadow.forget(U);
    assert.equal(shadow.opened(U, newer), false);
  });

  it('that pays by price pushes once its price is set', () => {
    const shadow = new Shadow({ budget: { ratio: 1, startBytes: 0 }, payment: 'price' });
    for (let plan = 0; plan < SHADOW_PRICE.between; plan++) {
      assert.equal(shadow.isWarm, false);
      shadow.opened(U, stateOf(`opened${plan}`));
      shadow.plan(U, [scoredOf('a', 0.9), scoredOf('b', 0.1)]);
    }
    assert.equal(shadow.isWarm, true);
    shadow.plan(U, [scoredOf('a', 0.9), scoredOf('b', 0.1)]);
    assert.equal(shadow.opened(U, stateOf('a')), true);
  });

  it('spends what it earns within some hundred plans of its own when that becomes more', () => {
    const random = seededRandom(1);
    const shadow = new Shadow({ budget: { ratio: 1, startBytes: 0 }, payment: 'price' });
    const items = Array.from({ length: 20 }, (_, item) => `i${item}`);
    let spentBefore = 0;
    for (let plan = 1; plan <= 1000; plan++) {
      shadow.opened(U, stateOf('opened', plan <= 600 ? 20 : 200));
      // Everything is new at each plan.
      shadow.plan(
        U,
        items.map((item) => scoredOf(`${item}.${plan}`, random(), 20)),
      );
      if (plan === 800) spentBefore = shadow.pushedBytes;
    }
    const share = (shadow.pushedBytes - spentBefore) / (200 * 200);
    assert.ok(share > 0.9 && share < 1.2, `${share} of what it earned`);
  });

  it('never spends more than it earned and started with', () => {
    const offers = fc.array(fc.tuple(fc.constantFrom('a', 'b', 'c', 'd'), fc.integer({ min: 1, max: 50 })), {
      maxLength: 5,
    });
    fc.assert(
      fc.property(fc.array(offers), fc.integer({ min: 0, max: 100 }), (plans, startBytes) => {
        const shadow = new Shadow({ budget: { ratio: 0.5, startBytes }, payment: 'first-come' });
        let opened = 0;
        for (const [place, offer] of plans.entries()) {
          const distinct: readonly Scored[] = [...new Map(offer)].map(([item, bytes]) => {
            return scoredOf(item, 0.5, bytes);
          });
          shadow.plan(U, distinct);
          shadow.opened(U, stateOf(`x${place}`, 7));
          opened += 7;
          assert.ok(shadow.pushedBytes <= startBytes + 0.5 * opened);
        }
      }),
    );
  });
});
