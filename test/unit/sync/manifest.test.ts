import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { dataHash, itemId, spaceId } from '../../../src/domain/ids.js';
import { ManifestDigest } from '../../../src/sync/manifest.js';

const sha256 = (bytes: Uint8Array): Uint8Array => createHash('sha256').update(bytes).digest();
const space = spaceId('team');
const hex = fc
  .uint8Array({ minLength: 32, maxLength: 32 })
  .map((bytes) => Buffer.from(bytes).toString('hex'));
const changes = fc.array(fc.record({ item: fc.string({ maxLength: 3 }), hash: fc.option(hex) }), {
  maxLength: 40,
});

/** The rule of DESIGN.md 2, written down once more and without the library. */
function recomputed(held: ReadonlyMap<string, string>): string {
  let sum = 0n;
  for (const [item, hash] of held) {
    const name = Buffer.from(item);
    const size = (length: number): Buffer => {
      const bytes = Buffer.alloc(4);
      bytes.writeUInt32BE(length);
      return bytes;
    };
    const term = createHash('sha256')
      .update(size(4))
      .update('team')
      .update(size(name.length))
      .update(name)
      .update(Buffer.from(hash, 'hex'))
      .digest('hex');
    sum = (sum + BigInt(`0x${term}`)) % (1n << 256n);
  }
  return sum.toString(16).padStart(64, '0');
}

describe('sync/manifest', () => {
  it('is the digest of what is held, after any changes in any order', () => {
    fc.assert(
      fc.property(changes, (list) => {
        const digest = new ManifestDigest(sha256, space);
        const held = new Map<string, string>();
        for (const { item, hash } of list) {
          const before = held.get(item);
          if (before !== undefined) digest.remove(itemId(item), dataHash(before));
          held.delete(item);
          if (hash === null) continue;
          digest.add(itemId(item), dataHash(hash));
          held.set(item, hash);
        }
        assert.equal(Buffer.from(digest.bytes()).toString('hex'), recomputed(held));
        assert.equal(digest.count, held.size);
        assert.ok(digest.equals({ digest: Buffer.from(recomputed(held), 'hex'), count: held.size }));
      }),
    );
  });

  it('differs by count, by content and by length of what is announced', () => {
    const digest = new ManifestDigest(sha256, space);
    const empty = digest.bytes();
    assert.ok(digest.equals({ digest: empty, count: 0 }));
    digest.add(itemId('a'), dataHash('aa'.repeat(32)));
    assert.ok(!digest.equals({ digest: empty, count: 1 }));
    assert.ok(!digest.equals({ digest: digest.bytes(), count: 2 }));
    assert.ok(!digest.equals({ digest: digest.bytes().subarray(1), count: 1 }));
  });
});
