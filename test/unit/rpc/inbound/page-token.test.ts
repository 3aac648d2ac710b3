import assert from 'node:assert/strict';
import fc from 'fast-check';
import { Fault } from '../../../../src/rpc/inbound/fault.js';
import { afterToken, pageToken } from '../../../../src/rpc/inbound/page-token.js';

describe('rpc/inbound/page-token', () => {
  it('brings every item back', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', minLength: 1, maxLength: 60 }), (item) => {
        assert.equal(afterToken(pageToken(item)), item);
      }),
    );
    assert.equal(afterToken(pageToken(null)), '');
  });

  it('refuses tokens that it did not make', () => {
    const long = Buffer.alloc(513, 'x').toString('base64url');
    for (const token of ['!', 'YQ==', 'YR', long, Buffer.from([0xff]).toString('base64url')]) {
      assert.throws(() => afterToken(token), Fault, token);
    }
  });
});
