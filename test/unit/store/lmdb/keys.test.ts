import assert from 'node:assert/strict';
import fc from 'fast-check';
import { dataHash, deviceId, itemId, pseudonym, spaceId } from '../../../../src/domain/ids.js';
import { endOf, following, holderOf, keys, logs } from '../../../../src/store/lmdb/keys.js';

const LONGEST = 'x'.repeat(512);
const id = fc.string({ unit: fc.constantFrom('a', '\0', 'b', '\u{10ffff}'), minLength: 1, maxLength: 3 });

describe('store/lmdb/keys', () => {
  it('fit into LMDB’s 1,978 bytes, whatever the ids', () => {
    const [user, device, space, item] = [
      pseudonym(LONGEST),
      deviceId(LONGEST),
      spaceId(LONGEST),
      itemId(LONGEST),
    ];
    const holder = holderOf(device, space);
    const all = [
      ...[
        keys.space(space),
        keys.snapshot(space, LONGEST),
        keys.live(space, item),
        keys.deleted(space, item),
      ],
      ...[
        keys.checkpoint(user, space, item),
        keys.saved(user, space, 2 ** 53 - 1),
        keys.held(user, holder, item),
      ],
      ...[keys.sequence(user, device), keys.context(user, space), keys.checkpoints(user, space)],
      ...[logs.shard(space, 63).entry(2 ** 53 - 1), logs.feed(space).entry(1), logs.activity(user).entry(1)],
    ];
    const longest = Math.max(...all.map((key) => key.length));
    assert.ok(longest <= 1545, `${longest}`);
  });

  it('of different ids are different, and no key of one user is in the range of another', () => {
    fc.assert(
      fc.property(id, id, id, id, id, id, (user, space, item, user2, space2, item2) => {
        const one = keys.checkpoint(pseudonym(user), spaceId(space), itemId(item));
        const two = keys.checkpoint(pseudonym(user2), spaceId(space2), itemId(item2));
        const same = user === user2 && space === space2 && item === item2;
        assert.equal(Buffer.compare(one, two) === 0, same);
        const log = logs.activity(pseudonym(user));
        const inside = Buffer.compare(log.entry(0), two) <= 0 && Buffer.compare(two, endOf(log.entry(0))) < 0;
        assert.equal(inside, false);
      }),
    );
  });

  it('of offsets and times are in their order', () => {
    const number = fc.nat(Number.MAX_SAFE_INTEGER);
    const hash = dataHash('ab'.repeat(32));
    fc.assert(
      fc.property(number, number, (a, b) => {
        const order = Math.sign(a - b);
        assert.equal(Buffer.compare(keys.chunk(a, 1), keys.chunk(b, 1)), order);
        assert.equal(Buffer.compare(keys.garbage(a, hash), keys.garbage(b, hash)), order);
      }),
    );
  });

  it('endOf is after all that start with it and before what follows, following is next', () => {
    const bytes = fc.uint8Array({ minLength: 1, maxLength: 4, max: 255 });
    fc.assert(
      fc.property(bytes, bytes, (prefix, rest) => {
        fc.pre(prefix[0] !== 255);
        const inside = Buffer.concat([prefix, rest]);
        assert.ok(Buffer.compare(inside, endOf(prefix)) < 0);
        assert.ok(Buffer.compare(prefix, following(prefix)) < 0);
        assert.ok(Buffer.compare(following(prefix), inside) <= 0);
      }),
    );
  });
});
