import assert from 'node:assert/strict';
import { dataHash, itemId } from '../../../src/domain/ids.js';
import { SHADOW_BUFFER, ShadowBuffer } from '../../../src/planner/shadow-buffer.js';

const MIB = 1024 * 1024;
const HASH = dataHash('h');

describe('ShadowBuffer', () => {
  it('holds the content that was put last', () => {
    const buffer = new ShadowBuffer();
    buffer.put(itemId('a'), HASH, 1);
    buffer.put(itemId('a'), dataHash('newer'), 1);
    assert.equal(buffer.holds(itemId('a')), 'newer');
    assert.equal(buffer.holds(itemId('b')), undefined);
  });

  it('lets the longest unused go beyond its bytes', () => {
    const buffer = new ShadowBuffer();
    for (const item of ['a', 'b']) buffer.put(itemId(item), HASH, 30 * MIB);
    buffer.put(itemId('a'), HASH, 30 * MIB);
    buffer.put(itemId('c'), HASH, 10 * MIB);
    assert.deepEqual(
      ['a', 'b', 'c'].map((item) => buffer.holds(itemId(item)) !== undefined),
      [true, false, true],
    );
  });

  it('does not keep what is larger than all of it, nor the old content of that', () => {
    const buffer = new ShadowBuffer();
    buffer.put(itemId('a'), HASH, 1);
    buffer.put(itemId('b'), HASH, 1);
    buffer.put(itemId('a'), dataHash('newer'), SHADOW_BUFFER.bytes + 1);
    assert.equal(buffer.holds(itemId('a')), undefined);
    assert.equal(buffer.holds(itemId('b')), HASH);
  });

  it('keeps no more items than its bound', () => {
    const buffer = new ShadowBuffer();
    for (let item = 0; item <= SHADOW_BUFFER.items; item++) buffer.put(itemId(`i${item}`), HASH, 1);
    assert.equal(buffer.holds(itemId('i0')), undefined);
    assert.equal(buffer.holds(itemId('i1')), HASH);
  });
});
