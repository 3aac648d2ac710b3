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
            log.after(after, limit),
            all.slice(Math.max(low, after), Math.max(low, after) + limit),
          );
        },
      ),
    );
  });
});
