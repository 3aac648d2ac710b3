import assert from 'node:assert/strict';
import fc from 'fast-check';
import { seal, unseal } from '../../../../src/store/lmdb/seal.js';

const bytes = fc.uint8Array({ maxLength: 60 });

describe('store/lmdb/seal', () => {
  it('gives back what was sealed', () => {
    fc.assert(
      fc.property(bytes, bytes, (key, value) => {
        assert.deepEqual(unseal(key, seal(key, value)), value);
      }),
    );
  });

  it('finds any flipped bit, in the value or in the key', () => {
    fc.assert(
      fc.property(bytes, bytes, fc.nat(), fc.boolean(), (key, value, at, inKey) => {
        const sealed = seal(key, value);
        const target = inKey && key.length > 0 ? key : sealed;
        const bit = at % (target.length * 8);
        target[bit >> 3] = (target[bit >> 3] ?? 0) ^ (1 << (bit & 7));
        assert.throws(() => unseal(key, sealed), { code: 'STORE_CORRUPT' });
      }),
    );
  });

  it('finds what is too short to be sealed', () => {
    assert.throws(() => unseal(Uint8Array.of(1), new Uint8Array(3)), { code: 'STORE_CORRUPT' });
  });
});
