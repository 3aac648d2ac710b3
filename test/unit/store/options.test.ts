import assert from 'node:assert/strict';
import { newEpoch, STORE_LIMITS, storeLimits, wholeMs } from '../../../src/store/options.js';

describe('store/options', () => {
  it('fills in what is not given', () => {
    assert.deepEqual(storeLimits({}), STORE_LIMITS);
    assert.deepEqual(storeLimits({ logRetention: 5 }), { ...STORE_LIMITS, logRetention: 5 });
  });

  it('refuses limits that bound nothing', () => {
    for (const value of [0, -1, 1.5, Number.NaN, Infinity, 2 ** 53]) {
      for (const name of Object.keys(STORE_LIMITS)) {
        assert.throws(() => storeLimits({ [name]: value }), {
          code: 'CONFIG_INVALID',
          details: { field: `store.limits.${name}`, facts: { limit: '1' } },
        });
      }
    }
  });

  it('makes an epoch of the randomness that it is given', () => {
    const clock = { now: () => 0 };
    const randomBytes = (size: number) => Uint8Array.from({ length: size }, (_, index) => index * 16 + 1);
    assert.equal(newEpoch({ clock, randomBytes }), '0111213141516171');
  });

  it('takes the clock in whole milliseconds since 1970', () => {
    assert.deepEqual(
      [1.9, -5, 7].map((ms) => wholeMs({ now: () => ms })),
      [1, 0, 7],
    );
  });
});
