import assert from 'node:assert/strict';
import { dataHash } from '../../../src/domain/ids.js';
import { compare } from '../../../src/sync/compare.js';

const held = dataHash('aa'.repeat(32));
const other = dataHash('bb'.repeat(32));

describe('sync/compare', () => {
  it('is current when the content is the same', () => {
    assert.equal(compare(held, { dataHash: held }), 'current');
  });

  it('is old when the content is another', () => {
    assert.equal(compare(held, { dataHash: other }), 'old');
  });

  it('is gone when the item was deleted or never was', () => {
    assert.equal(compare(held, { dataHash: null }), 'gone');
    assert.equal(compare(held, null), 'gone');
  });
});
