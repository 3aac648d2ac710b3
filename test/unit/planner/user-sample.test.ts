import assert from 'node:assert/strict';
import { UserSample } from '../../../src/planner/user-sample.js';
import { seededRandom } from '../../../src/util/seeded-random.js';

describe('UserSample', () => {
  it('takes in about the share that it is asked for, whatever their names', () => {
    const take = (prefix: string): readonly number[] => {
      const users = Array.from({ length: 1000 }, (_, user) => user);
      const sample = new UserSample<string>(2000, seededRandom(1));
      for (const user of users) sample.see(`${prefix}${user}`, 0.25);
      return users.filter((user) => sample.has(`${prefix}${user}`));
    };
    const taken = take('a');
    assert.ok(Math.abs(taken.length - 250) < 60, `${taken.length} users`);
    assert.deepEqual(take('b'), taken);
  });

  it('lets who was silent for longest go beyond its bound, and says who', () => {
    const sample = new UserSample<string>(2, seededRandom(1));
    assert.equal(sample.see('a', 1), undefined);
    assert.equal(sample.see('b', 1), undefined);
    assert.equal(sample.see('a', 0), undefined);
    assert.equal(sample.see('c', 1), 'b');
    assert.deepEqual(
      ['a', 'b', 'c'].map((user) => sample.has(user)),
      [true, false, true],
    );
  });
});
