import assert from 'node:assert/strict';
import { pseudonym, spaceId } from '../../../../src/domain/ids.js';
import { Keys } from '../../../../src/store/redis/keys.js';
import { slotOf } from '../../../../src/store/redis/slots.js';

describe('store/redis: slots and keys', () => {
  it('a key is in the slot that Redis says', () => {
    // What CLUSTER KEYSLOT answers.
    const known: [string, number][] = [
      ['123456789', 12_739],
      ['foo', 12_182],
      ['{foo}bar', 12_182],
      ['{}foo', 9500],
      ['foo{{bar}}', 4015],
      ['', 0],
    ];
    for (const [key, slot] of known) assert.equal(slotOf(key), slot, key);
  });

  it('a user stays in their partition, whatever their name', () => {
    const keys = new Keys(1024);
    for (const name of ['ann', 'a}{b', '{u:7}', '}', '{', 'a:b', '\0']) {
      const user = keys.user(pseudonym(name));
      const all = [user.index, user.activity, user.of('x:{s:1}'), user.of('m:}{')];
      assert.deepEqual(new Set(all.map(slotOf)).size, 1, name);
      assert.match(user.index, /^\{u:\d+\}:/);
    }
  });

  it('no two places are the same key', () => {
    const keys = new Keys(1);
    const places = ['a', 'a:', 'a:1', '1:a', 'a:1:', ':'].flatMap((name): string[] => {
      const { state, heads, live, log, releases } = keys.shard(spaceId(name), 1);
      const { meta, feed, fed, snapshot } = keys.space(spaceId(name));
      const { index, activity } = keys.user(pseudonym(name));
      return [state, heads, live, log, releases, meta, feed, fed, snapshot('meta'), index, activity];
    });
    assert.equal(new Set(places).size, places.length);
  });

  it('the keys of a script are in one slot', () => {
    const { channel, ...keys } = new Keys(1024).shard(spaceId('a}{b'), 3);
    assert.deepEqual([...new Set([channel, ...Object.values(keys)].map(slotOf))].length, 1);
  });
});
