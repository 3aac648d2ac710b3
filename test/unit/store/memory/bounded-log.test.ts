import assert from 'node:assert/strict';
import fc from 'fast-check';
import { BoundedLog } from '../../../../src/store/memory/bounded-log.js';

describe('store/memory/bounded-log', () => {
  it('is what is left of a list of which the oldest go', () => {
    const appends = fc.integer({ min: 0, max: 60 });
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 9 }),
        appends,
        appends,
        appends,
        (retention, count, after, limit) => {
          const log = new BoundedLog<number>(retention);
          const all: number[] = [];
          for (let entry = 1; entry <= count; entry++) {
            all.push(entry);
            assert.equal(log.append(entry), all.length > retention ? entry - retention : undefined);
          }
          const low = Math.max(0, count - retention);
          assert.deepEqual([log.low, log.high], [low, count]);
          assert.deepEqual(
            log.after(after, limit).map(({ entry }) => entry),
            all.slice(Math.max(low, after), Math.max(low, after) + limit),
          );
        },
      ),
    );
  });

  it('keeps the offsets of what is left when some go from in between', () => {
    const log = new BoundedLog<number>(4);
    for (let entry = 1; entry <= 6; entry++) log.append(entry);
    log.remove((entry) => entry % 2 === 0);
    assert.deepEqual(log.after(0, 9), [
      { offset: 3, entry: 3 },
      { offset: 5, entry: 5 },
    ]);
    assert.deepEqual(log.after(3, 1), [{ offset: 5, entry: 5 }]);
    assert.deepEqual([log.low, log.high], [2, 6]);
    for (let entry = 7; entry <= 12; entry++) log.append(entry);
    assert.deepEqual(log.after(0, 9)[0], { offset: 9, entry: 9 });
  });
});
