import assert from 'node:assert/strict';
import { Committer } from '../src/committer.js';
import { eventually } from './support/with-client.js';

describe('Committer', () => {
  it('commits one at a time, and shares the next', async () => {
    const running: (() => void)[] = [];
    let commits = 0;
    const commit = (): Promise<void> => {
      commits++;
      return new Promise((resolve) => running.push(resolve));
    };
    const committer = new Committer(commit, () => assert.fail('nothing fails'));
    const first = committer.request();
    const [second, third] = [committer.request(), committer.request()];
    assert.equal(commits, 1);
    running.shift()?.();
    await first;
    await eventually(() => commits === 2, 'the second commit');
    running.shift()?.();
    await Promise.all([second, third]);
    assert.equal(commits, 2);
  });

  it('tries again what fails, until it is stopped', async () => {
    let full = true;
    const failures: string[] = [];
    const commit = (): Promise<void> => (full ? Promise.reject(new Error('full')) : Promise.resolve());
    const committer = new Committer(commit, ({ message }) => failures.push(message));
    const waiting = committer.request();
    await eventually(() => failures.length === 1, 'a failure');
    full = false;
    await waiting;
    full = true;
    await assert.rejects(committer.stop(), /full/);
    await assert.rejects(committer.request(), { code: 'CLOSED' });
  });
});
