import assert from 'node:assert/strict';
import fc from 'fast-check';
import { DecayedCounts, LEADERS } from '../../../src/predictor/decayed-counts.js';
import { Interner } from '../../../src/predictor/interner.js';
import { Neighbours, NEIGHBOURS, Sums } from '../../../src/predictor/neighbours.js';
import { Top } from '../../../src/predictor/top.js';

describe('Neighbours', () => {
  it('add up as a map does while there is room', () => {
    const adds = fc.array(fc.tuple(fc.nat(3), fc.nat(NEIGHBOURS.most - 1), fc.integer({ min: 1, max: 9 })));
    fc.assert(
      fc.property(adds, (all) => {
        const neighbours = new Neighbours();
        const expected = new Map<string, number>();
        for (const [source, target, weight] of all) {
          neighbours.add(source, target, weight);
          expected.set(`${source} ${target}`, (expected.get(`${source} ${target}`) ?? 0) + weight);
        }
        for (const [source, target] of all)
          assert.equal(neighbours.weight(source, target), expected.get(`${source} ${target}`));
        const sums = new Sums();
        neighbours.accumulate(0, 2, sums);
        for (const target of sums.touched) assert.equal(sums.get(target), 2 * neighbours.weight(0, target));
      }),
    );
  });

  it('keep the largest and the newest beyond their bound', () => {
    const neighbours = new Neighbours();
    neighbours.add(0, 5000, 100);
    for (let target = 0; target < NEIGHBOURS.most; target++) neighbours.add(0, target, 1);
    const kept = [5000, ...Array.from({ length: NEIGHBOURS.most }, (_, n) => n)].filter(
      (target) => neighbours.weight(0, target) > 0,
    );
    assert.deepEqual([kept.length, kept[0]], [NEIGHBOURS.kept + 1, 5000]);
    assert.equal(kept.at(-1), NEIGHBOURS.most - 1);
    assert.equal(neighbours.weight(0, 0), 0);
    assert.deepEqual([neighbours.weight(7, 1), neighbours.weight(0, -1)], [0, 0]);
  });
});

describe('Neighbours that forget a number', () => {
  it('are as if it never had been there', () => {
    const adds = fc.array(fc.tuple(fc.nat(9), fc.nat(9), fc.integer({ min: 1, max: 9 })));
    fc.assert(
      fc.property(adds, fc.nat(9), (all, gone) => {
        const [neighbours, without] = [new Neighbours(), new Neighbours()];
        for (const [source, target, weight] of all) {
          neighbours.add(source, target, weight);
          if (source !== gone && target !== gone) without.add(source, target, weight);
        }
        neighbours.forget(gone);
        assert.deepEqual(neighbours.dump(), without.dump());
        neighbours.add(gone, 3, 2);
        assert.equal(neighbours.weight(gone, 3), 2);
      }),
    );
  });
});

describe('Sums', () => {
  it('are empty again once cleared, whatever was touched', () => {
    const sums = new Sums();
    sums.add(10_000, 2);
    sums.add(3, 1);
    sums.add(10_000, 2);
    assert.deepEqual([sums.get(10_000), sums.get(3), sums.touched], [4, 1, [10_000, 3]]);
    sums.clear();
    assert.deepEqual([sums.get(10_000), sums.get(3), sums.touched], [0, 0, []]);
  });
});

describe('DecayedCounts', () => {
  it('halve in their half-life and add up', () => {
    const counts = new DecayedCounts(1000);
    counts.count(1, 0);
    counts.count(1, 1000);
    assert.deepEqual([counts.at(1, 1000), counts.at(1, 2000), counts.at(2, 0)], [1.5, 0.75, 0]);
    assert.equal(counts.at(1, 0), 1.5);
  });

  it('know their leaders exactly, as if all were sorted at that moment', () => {
    const events = fc.array(fc.tuple(fc.nat(150), fc.nat(500)), { maxLength: 600 });
    fc.assert(
      fc.property(events, (all) => {
        const counts = new DecayedCounts(1000);
        let now = 0;
        for (const [row, later] of all) counts.count(row, (now += later));
        const byHand = Array.from({ length: 151 }, (_, row) => counts.at(row, now))
          .filter((count) => count > 0)
          .sort((a, b) => b - a)
          .slice(0, LEADERS);
        const leaders = counts.leaders().map((row) => counts.at(row, now));
        assert.equal(leaders.length, byHand.length);
        for (const [place, count] of leaders.entries())
          assert.ok(Math.abs(count - (byHand[place] ?? NaN)) < 1e-9);
      }),
    );
  });
});

describe('Top', () => {
  it('keeps the best in order, of equals the earlier', () => {
    const top = new Top(3);
    for (const [key, value] of [
      [1, 5],
      [2, 9],
      [3, 5],
      [4, 5],
      [5, 7],
    ] as const)
      top.offer(key, value);
    assert.deepEqual(top.keys(), [2, 5, 1]);
    const none = new Top(0);
    none.offer(1, 1);
    assert.deepEqual(none.keys(), []);
  });
});

describe('Interner', () => {
  it('numbers names from 0 on, once each', () => {
    const names = new Interner();
    assert.deepEqual([names.number('b'), names.number('a'), names.number('b')], [0, 1, 0]);
    assert.deepEqual([names.find('a'), names.find('c'), names.size, names.name(1)], [1, -1, 2, 'a']);
    assert.deepEqual(names.names(), ['b', 'a']);
    assert.throws(() => names.name(2), RangeError);
  });
});
