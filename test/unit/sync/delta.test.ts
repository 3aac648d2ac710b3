import assert from 'node:assert/strict';
import { decodeDelta } from '@foresync/protocol/delta';
import fc from 'fast-check';
import { DELTA_RULES, deltaPossible, worthwhileDelta } from '../../../src/sync/delta.js';

const bytes = fc.uint8Array({ minLength: 1, maxLength: 400 });

describe('sync/delta', () => {
  it('makes the content again from the base, whenever it says that it is worth it', () => {
    fc.assert(
      fc.property(bytes, bytes, bytes, (head, middle, tail) => {
        const base = Buffer.concat([head, tail]);
        const content = Buffer.concat([head, middle, tail]);
        const delta = worthwhileDelta(base, content, DELTA_RULES);
        if (delta === null) return;
        assert.ok(delta.length <= content.length * DELTA_RULES.maxShare);
        assert.deepEqual(Buffer.from(decodeDelta(base, delta, content.length)), content);
      }),
    );
  });

  it('is made for a small edit of a large content, and not for another content', () => {
    const base = Buffer.alloc(100_000, 'the quick brown fox jumps over the lazy dog ');
    const content = Buffer.concat([base.subarray(0, 50_000), Buffer.from('!'), base.subarray(50_000)]);
    const delta = worthwhileDelta(base, content, DELTA_RULES);
    assert.ok(delta !== null && delta.length < 100);
    const noise = Uint8Array.from({ length: 4_000 }, (_, index) => (index * index * 31 + index) >>> 3);
    assert.equal(worthwhileDelta(Buffer.alloc(4_000), noise, DELTA_RULES), null);
  });

  it('is not tried for contents or bases above the limit, nor for an empty content', () => {
    const rules = { maxBytes: 10, maxShare: 1 };
    assert.equal(worthwhileDelta(Buffer.alloc(11), Buffer.alloc(10), rules), null);
    assert.equal(worthwhileDelta(Buffer.alloc(10), Buffer.alloc(11), rules), null);
    assert.ok(deltaPossible(10, rules));
    assert.ok(!deltaPossible(11, rules));
    assert.ok(!deltaPossible(0, rules));
  });
});
