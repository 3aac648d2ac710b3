import assert from 'node:assert/strict';
import { UserSample } from '../../../src/planner/user-sample.js';

describe('UserSample', () => {
  it('takes in about the share that it is asked for, always the same users', () => {
    const names = Array.from({ length: 1000 }, (_, user) => `user-${user}`);
    const take = (): readonly string[] => {
      const sample = new UserSample<string>(2000);
      for (const name of names) sample.see(name, 0.25);
      return names.filter((name) => sample.has(name));
    };
    const taken = take();
    assert.ok(Math.abs(taken.length - 250) < 60, `${taken.length} users`);
    assert.deepEqual(take(), taken);
  });

  it('lets who was silent for longest go beyond its bound, and says who', () => {
    const sample = new UserSample<string>(2);
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
