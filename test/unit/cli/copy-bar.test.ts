import assert from 'node:assert/strict';
import { PassThrough } from 'node:stream';
import { CopyBar } from '../../../src/cli/copy-bar.js';

describe('cli: progress of a copy', () => {
  it('without a person to look is a line a part, when it is done', () => {
    const { bar, text } = begun(false);
    for (const done of [1, 2]) bar.update({ phase: 'copying', part: 'blobs', done, total: 9 });
    bar.update({ phase: 'copying', part: 'users', done: 9, total: 9 });
    bar.update({ phase: 'verifying', part: 'users', done: 3, total: 18 });
    bar.stop();
    bar.stop();
    assert.deepEqual(text().trimEnd().split('\n'), [
      'copying blobs: 2 of 9 steps',
      'copying users: 9 of 9 steps',
      'verifying users: 3 of 18 steps',
    ]);
  });

  it('for a person is a bar that names what is going on', () => {
    const { bar, text } = begun(true);
    bar.update({ phase: 'copying', part: 'blobs', done: 0, total: 9 });
    bar.update({ phase: 'verifying', part: 'users', done: 9, total: 18 });
    bar.stop();
    const drawn = text();
    assert.match(drawn, /copying blobs · 0\/9/);
    assert.match(drawn, /verifying users · 9\/18/);
  });
});

function begun(isLive: boolean): { readonly bar: CopyBar; readonly text: () => string } {
  const err = Object.assign(new PassThrough(), { isTTY: true });
  const { signal } = new AbortController();
  const bar = new CopyBar({ out: new PassThrough(), err, isLive, hasColours: false, signal });
  return { bar, text: () => String(err.read() ?? '') };
}
