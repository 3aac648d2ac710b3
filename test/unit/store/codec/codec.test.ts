import assert from 'node:assert/strict';
import { StoredActivityType, StoredBatch, StoredChange, StoredCounter } from '@foresync/protocol/at-rest';
import { itemId, spaceId } from '../../../../src/domain/ids.js';
import { decodeBatch } from '../../../../src/store/codec/batch.js';
import { decodeChange } from '../../../../src/store/codec/change.js';
import { decodeCheckpoint, decodeHeld } from '../../../../src/store/codec/user.js';
import { decodeAs, whole } from '../../../../src/store/codec/fields.js';

const corrupt = { code: 'STORE_CORRUPT' };
const SPACE = spaceId('s');

/** The suite of the port reads back whatever is written; here is what was never written. */
describe('store/codec', () => {
  it('finds what is no message', () => {
    assert.throws(() => decodeAs('x', StoredCounter, Uint8Array.of(0x08, 0xff)), corrupt);
    assert.throws(() => decodeChange(SPACE, Uint8Array.of(0x0a, 0x7f, 0x01)), corrupt);
  });

  it('finds numbers that are none of ours', () => {
    assert.equal(whole('x', 2n ** 53n - 1n), 2 ** 53 - 1);
    assert.throws(() => whole('x', 2n ** 53n), corrupt);
  });

  it('finds hashes of another length', () => {
    const change = StoredChange.encode(
      StoredChange.create({ item: 'a', dataHash: new Uint8Array(31) }),
    ).finish();
    assert.throws(() => decodeChange(SPACE, change), corrupt);
    assert.throws(() => decodeCheckpoint(itemId('a'), new Uint8Array()), corrupt);
    assert.throws(() => decodeHeld(new Uint8Array()), corrupt);
  });

  it('finds kinds that it does not know', () => {
    for (const type of [StoredActivityType.STORED_ACTIVITY_TYPE_UNSPECIFIED, 99 as StoredActivityType]) {
      const bytes = StoredBatch.encode(StoredBatch.create({ activities: [{ type }] })).finish();
      assert.throws(() => decodeBatch(1, bytes), corrupt);
    }
    const edge = StoredChange.encode(StoredChange.create({ item: 'a', edges: [{ item: 'b' }] })).finish();
    assert.throws(() => decodeChange(SPACE, edge), corrupt);
  });
});
