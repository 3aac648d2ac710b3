import assert from 'node:assert/strict';
import { getEventListeners } from 'node:events';
import { spaceId } from '../../../src/domain/ids.js';
import { WakeUps } from '../../../src/store/wake-ups.js';

const SPACE = spaceId('s');

describe('store/wake-ups', () => {
  it('ends leave nothing behind, neither at the signal nor in the list', async () => {
    const wakeUps = new WakeUps();
    const { signal } = new AbortController();
    for (let index = 0; index < 5; index++) {
      const listener = wakeUps.listen(SPACE, 0, signal);
      await listener.return();
      listener.end();
    }
    assert.equal(getEventListeners(signal, 'abort').length, 0);
    wakeUps.ring(SPACE, 0);
  });

  it('several that wait in one listener are served in order', async () => {
    const wakeUps = new WakeUps();
    const listener = wakeUps.listen(SPACE, 1, new AbortController().signal);
    const waits = [listener.next(), listener.next(), listener.next()];
    wakeUps.ring(SPACE, 7);
    await listener.return();
    assert.deepEqual(await Promise.all(waits), [
      { value: 0 },
      { value: 7 },
      { value: undefined, done: true },
    ]);
  });

  it('a listener that ends while it rings disturbs nobody', async () => {
    const wakeUps = new WakeUps();
    const controller = new AbortController();
    const [first, second] = [
      wakeUps.listen(SPACE, 0, controller.signal),
      wakeUps.listen(SPACE, 0, AbortSignal.timeout(60_000)),
    ];
    const ended = first.next().then(() => controller.abort());
    wakeUps.ring(SPACE, 1);
    await ended;
    assert.deepEqual(await second.next(), { value: 1 });
    assert.deepEqual(await first.next(), { value: undefined, done: true });
    wakeUps.close();
  });
});
