import assert from 'node:assert/strict';
import type { Link, Way } from '../../../clients/web/src/device/far-link.js';
import { FarLink, until } from '../../../clients/web/src/device/far-link.js';

describe('web/far-link', () => {
  it('brings frames in order, none before its time, also when the way gets shorter', async () => {
    const way = new TestWay(60);
    const link = new FarLink(way, () => nearby([1, 2, 3], () => (way.delayMs = 0)));
    const started = performance.now();
    const got: number[] = [];
    for await (const frame of link.frames) got.push(frame);
    assert.deepEqual(got, [1, 2, 3]);
    assert.ok(performance.now() - started >= 55);
  });

  it('takes its time for what is sent, there and back', async () => {
    const way = new TestWay(40);
    const sent: number[] = [];
    const link = new FarLink(way, () => nearby([], undefined, () => void sent.push(performance.now())));
    const started = performance.now();
    await link.send('word');
    assert.ok((sent[0] ?? 0) - started >= 35);
    assert.ok(performance.now() - (sent[0] ?? 0) >= 35, 'the word that there is room comes back late too');
  });

  it('fails its reader when the way is cut, and ends what is on the other side', async () => {
    const way = new TestWay(0);
    const ended = new AbortController();
    const link = new FarLink(way, () => ({
      ...nearby([]),
      frames: never(ended.signal),
      cancel: () => ended.abort(),
    }));
    setTimeout(() => way.cutter.abort(new Error('cut')), 20);
    await assert.rejects(async () => {
      for await (const _ of link.frames) assert.fail('nothing was sent');
    }, /cut/);
    assert.equal(ended.signal.aborted, true);
  });

  it('fails its reader where there is no way, and swallows what is sent', async () => {
    const way = new TestWay(0);
    way.cross = () => Promise.reject(new Error('off'));
    const link = new FarLink<number, string>(way, () => assert.fail('nothing is opened'));
    await link.send('word');
    await assert.rejects(async () => {
      for await (const _ of link.frames) assert.fail('nothing was sent');
    }, /off/);
  });
});

class TestWay implements Way {
  readonly cutter = new AbortController();
  delayMs: number;

  constructor(delayMs: number) {
    this.delayMs = delayMs;
  }

  get cut(): AbortSignal {
    return this.cutter.signal;
  }

  arrival(): number {
    return performance.now() + this.delayMs;
  }

  cross = (): Promise<void> => until(this.arrival());
}

/** A link to a server that says these frames at once. `between` runs after the first. */
function nearby(frames: readonly number[], between?: () => void, onSend?: () => void): Link<number, string> {
  return {
    frames: said(frames, between),
    send: () => Promise.resolve(onSend?.()),
    finish: () => undefined,
    cancel: () => undefined,
  };
}

async function* said(frames: readonly number[], between?: () => void): AsyncGenerator<number> {
  for (const [place, each] of frames.entries()) {
    await Promise.resolve();
    yield each;
    if (place === 0) between?.();
  }
}

async function* never(signal: AbortSignal): AsyncGenerator<number> {
  await new Promise((resolve) => signal.addEventListener('abort', resolve));
  yield* [];
}
