import assert from 'node:assert/strict';
import { PassThrough } from 'node:stream';
import { text } from 'node:stream/consumers';
import { ReplayProgress } from '../../../src/cli/replay-progress.js';

async function shown(isLive: boolean, work: (progress: ReplayProgress) => void): Promise<string> {
  const err = Object.assign(new PassThrough(), { isTTY: isLive, columns: 120 });
  const { signal } = new AbortController();
  const progress = new ReplayProgress({ out: err, err, isLive, hasColours: false, signal }, 2);
  work(progress);
  progress.stop();
  progress.stop();
  err.end();
  return text(err);
}

const run = (progress: ReplayProgress): void => {
  progress.update({ policy: 'none', steps: 0, total: 10 });
  progress.update({ policy: 'blend', steps: 5, total: 10 });
  progress.update({ policy: 'none', steps: 10, total: 10 });
  progress.update({ policy: 'blend', steps: 10, total: 10 });
};

describe('cli/replay-progress', () => {
  it('writes a line a policy where nobody watches', async () => {
    assert.match(await shown(false, run), /^none: 10 steps, \d+\.\d s\nblend: 10 steps, \d+\.\d s\n$/);
  });

  it('draws one bar over all policies for a person', async () => {
    const drawn = await shown(true, run);
    assert.match(drawn, /0\/20 steps/);
    assert.match(drawn, /█/);
    assert.ok(!drawn.includes('none: 10 steps'));
  });

  it('has nothing to take away where nothing began', async () => {
    assert.equal(await shown(false, () => undefined), '');
  });
});
