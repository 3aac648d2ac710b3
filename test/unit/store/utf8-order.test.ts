import assert from 'node:assert/strict';
import fc from 'fast-check';
import { compareUtf8 } from '../../../src/store/utf8-order.js';

const text = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 6 }),
  fc.string({
    unit: fc.constantFrom('a', '\0', '\ud7ff', '\ue000', '\uffff', '\u{10000}', '\u{10ffff}'),
    maxLength: 4,
  }),
);

describe('store/utf8-order', () => {
  it('orders as the UTF-8 bytes do', () => {
    fc.assert(
      fc.property(text, text, (a, b) => {
        const bytes = Buffer.compare(Buffer.from(a), Buffer.from(b));
        assert.equal(Math.sign(compareUtf8(a, b)), bytes);
      }),
      { numRuns: 2000 },
    );
  });

  it('differs from JavaScript’s order where that is not the order of the bytes', () => {
    const texts = ['\uffff', '\u{10000}'];
    assert.deepEqual([...texts].sort(), ['\u{10000}', '\uffff']);
    assert.deepEqual([...texts].sort(compareUtf8), texts);
  });
});
