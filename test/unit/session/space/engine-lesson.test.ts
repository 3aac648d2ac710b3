import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { Policy } from '../../../../src/domain/engine-port.js';
import { BudgetLedger } from '../../../../src/planner/ledger.js';
import { Price, PRICE } from '../../../../src/planner/price.js';
import {
  engineLesson,
  learnEngineLesson,
  type Learning,
} from '../../../../src/session/space/engine-lesson.js';

/** What a node learns, with a policy that learned some bytes. */
function learning(ruler = 0, learned: Uint8Array | null = null): Learning & { readonly heard: Uint8Array[] } {
  const ledger = new BudgetLedger({ ratio: 1, startBytes: 1000 });
  const heard: Uint8Array[] = [];
  const policy: Policy = {
    name: 'learns',
    payment: 'price',
    plans: 'all',
    score: () => new Float64Array(0),
    explain: () => [],
    memory: {
      dump: () => new Uint8Array(0),
      load: () => true,
      lesson: () => learned,
      taught: (lesson) => heard.push(lesson.slice()) > 0,
    },
  };
  const made = {
    policy,
    hedge: null,
    ledger,
    price: new Price(ledger, { ...PRICE, between: 2 }),
    ruler,
    heard,
  };
  engineLesson(made);
  return made;
}

const OFFER = [{ value: 5, bytes: 100 }];

describe('lessons of an engine', () => {
  it('tell of account, price and policy what was learned since, and nothing if there is nothing', () => {
    const [a, b] = [learning(0, Uint8Array.of(1, 2, 3)), learning()];
    assert.equal(engineLesson(b), null);
    a.price.earned(a.ledger.earn(300));
    a.ledger.spend(1200);
    for (let plan = 0; plan < 2; plan++) a.price.planned(OFFER);
    const lesson = engineLesson(a) ?? assert.fail('nothing to tell');
    learnEngineLesson(b, lesson);
    assert.deepEqual([b.ledger.earned, b.ledger.spent, b.ledger.left], [300, 1200, 100]);
    assert.deepEqual(b.heard, [Uint8Array.of(1, 2, 3)]);
    assert.equal(b.price.threshold, a.price.threshold);
    assert.notEqual(b.price.threshold, Infinity);
    assert.equal(engineLesson(b), null, 'what others told is not told again');
  });

  it('refunds come back wherever the bytes were spent', () => {
    const [a, b] = [learning(), learning()];
    a.ledger.spend(500);
    learnEngineLesson(b, engineLesson(a) ?? assert.fail('nothing to tell'));
    a.ledger.refund(200);
    learnEngineLesson(b, engineLesson(a) ?? assert.fail('nothing to tell'));
    assert.deepEqual([a.ledger.spent, b.ledger.spent], [300, 300]);
  });

  it('any spending over nodes adds up to that of one account, with the start once', () => {
    const moves = fc.array(fc.tuple(fc.nat(2), fc.nat(5000), fc.boolean()), { maxLength: 50 });
    fc.assert(
      fc.property(moves, (all) => {
        const nodes = [learning(), learning(), learning()];
        const one = new BudgetLedger({ ratio: 1, startBytes: 1000 });
        for (const [place, bytes, spends] of all)
          for (const ledger of [one, nodes[place]?.ledger]) {
            if (spends) ledger?.spend(bytes);
            else ledger?.earn(bytes);
          }
        const told = nodes.map(engineLesson);
        for (const [place, node] of nodes.entries())
          for (const [by, lesson] of told.entries())
            if (by !== place && lesson !== null) learnEngineLesson(node, lesson);
        for (const { ledger } of nodes)
          assert.deepEqual([ledger.earned, ledger.spent, ledger.left], [one.earned, one.spent, one.left]);
      }),
    );
  });

  it('values of another ruler do not set the price', () => {
    const [a, b] = [learning(0), learning(3)];
    for (let plan = 0; plan < 4; plan++) a.price.planned(OFFER);
    learnEngineLesson(b, engineLesson(a) ?? assert.fail('nothing to tell'));
    assert.equal(b.price.threshold, Infinity);
  });

  it('a bit that flips is found, and nothing is learned', () => {
    const a = learning(0, Uint8Array.of(9));
    a.ledger.spend(1);
    a.price.planned(OFFER);
    const lesson = engineLesson(a) ?? assert.fail('nothing to tell');
    fc.assert(
      fc.property(fc.nat(lesson.length * 8 - 1), (bit) => {
        const damaged = lesson.slice();
        damaged[bit >> 3] = (damaged[bit >> 3] ?? 0) ^ (1 << (bit & 7));
        const b = learning();
        assert.throws(() => learnEngineLesson(b, damaged), { code: 'STORE_CORRUPT' });
        assert.deepEqual([b.ledger.spent, b.heard], [0, []]);
      }),
    );
    assert.throws(() => learnEngineLesson(learning(), lesson.slice(0, 10)), { code: 'STORE_CORRUPT' });
  });
});
