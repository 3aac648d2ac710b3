import assert from 'node:assert/strict';
import fc from 'fast-check';
import { itemId } from '../../../../src/domain/ids.js';
import { SortedIds } from '../../../../src/store/memory/sorted-ids.js';

const id = fc.string({ unit: fc.constantFrom('a', 'b', '/', '\uffff', '\u{10000}'), maxLength: 4 });

describe('store/memory/sorted-ids', () => {
  it('is a set in the order of the bytes', () => {
    const steps = fc.array(fc.tuple(id, fc.boolean()), { maxLength: 60 });
    fc.assert(
      fc.property(steps, id, id, fc.integer({ min: 1, max: 20 }), (all, prefix, after, limit) => {
        const [ids, set] = [new SortedIds(), new Set<string>()];
        for (const [text, adds] of all) {
          if (adds) ids.add(itemId(text));
          else ids.remove(itemId(text));
          if (adds) set.add(text);
          else set.delete(text);
        }
        const order = (text: string) => Buffer.from(text).toString('hex');
        const sorted = [...set].sort((a, b) => (order(a) < order(b) ? -1 : 1));
        const wanted = sorted.filter(
          (text) => text.startsWith(prefix) && (after === '' || order(text) > order(after)),
        );
        if (after === '' && prefix === '' && set.has('')) wanted.shift();
        assert.deepEqual(ids.page(prefix, after, limit), wanted.slice(0, limit));
      }),
      { numRuns: 500 },
    );
  });
});
