import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { addTerm, digestBytes, manifestTerm, removeTerm } from '@foresync/protocol/digest';
import fc from 'fast-check';

const sha256 = (bytes: Uint8Array): Uint8Array => createHash('sha256').update(bytes).digest();
const hashOf = (text: string): Uint8Array => sha256(new TextEncoder().encode(text));
const term = (space: string, item: string, content: string): bigint =>
  manifestTerm(sha256, space, item, hashOf(content));

describe('manifest digest', () => {
  it('is the one that is written down, byte for byte', () => {
    const message = Buffer.concat([
      Buffer.from([0, 0, 0, 4]),
      Buffer.from('team'),
      Buffer.from([0, 0, 0, 6]),
      Buffer.from('grün1'),
      hashOf('content'),
    ]);
    const expected = sha256(message);
    const made = manifestTerm(sha256, 'team', Buffer.from('grün1').toString(), hashOf('content'));
    assert.deepEqual(digestBytes(made), new Uint8Array(expected));
  });

  it('does not depend on the order in which items came and went', () => {
    const entries = fc.uniqueArray(fc.string({ maxLength: 8, unit: 'binary' }), {
      minLength: 2,
      maxLength: 12,
    });
    fc.assert(
      fc.property(entries, fc.infiniteStream(fc.nat()), (items, order) => {
        const shuffled = items
          .map((item) => ({ item, at: Number(order.next().value) }))
          .sort((left, right) => left.at - right.at)
          .map(({ item }) => item);
        assert.equal(sum(items), sum(shuffled));
      }),
    );
  });

  it('goes back to what it was when an item goes', () => {
    const before = sum(['a', 'b']);
    const passing = term('s', 'c', 'x');
    assert.equal(removeTerm(addTerm(before, passing), passing), before);
    assert.equal(removeTerm(removeTerm(addTerm(0n, passing), passing), 0n), 0n);
  });

  it('stays within 32 bytes both ways', () => {
    const top = (1n << 256n) - 1n;
    assert.deepEqual(digestBytes(top), new Uint8Array(32).fill(255));
    assert.equal(addTerm(top, 1n), 0n);
    assert.equal(removeTerm(0n, 1n), top);
    assert.deepEqual(digestBytes(1n), Uint8Array.of(...new Array<number>(31).fill(0), 1));
  });

  it('tells space from item: nothing moves from one to the other', () => {
    assert.notEqual(term('ab', 'c', 'x'), term('a', 'bc', 'x'));
  });
});

function sum(items: readonly string[]): bigint {
  return items.reduce((digest, item) => addTerm(digest, term('s', item, `content of ${item}`)), 0n);
}
