import assert from 'node:assert/strict';
import { nowAndThen } from '../../../src/app/now-and-then.js';
import { ManualTimer, turnOfTheLoop } from '../../support/manual-timer.js';

/** Work that ends when it is told to. */
class Work {
  begun = 0;
  readonly #ends: (() => void)[] = [];

  readonly begin = (): Promise<void> => {
    this.begun += 1;
    return new Promise((resolve) => this.#ends.push(resolve));
  };

  async end(): Promise<void> {
    this.#ends.shift()?.();
    await turnOfTheLoop();
  }
}

describe('nowAndThen', () => {
  it('does its work each time that it falls due', async () => {
    const timer = new ManualTimer();
    const work = new Work();
    nowAndThen(timer, 10, work.begin);
    await timer.pass(9);
    assert.equal(work.begun, 0);
    await timer.pass(1);
    await work.end();
    await timer.pass(10);
    assert.equal(work.begun, 2);
  });

  it('lets one wait while another is under way, and leaves out the rest', async () => {
    const timer = new ManualTimer();
    const work = new Work();
    nowAndThen(timer, 10, work.begin);
    await timer.pass(1000);
    assert.equal(work.begun, 1);
    await work.end();
    assert.equal(work.begun, 2, 'the one that waited');
    await work.end();
    assert.equal(work.begun, 2, 'nothing else had piled up');
    await timer.pass(10);
    assert.equal(work.begun, 3);
  });

  it('ends after a last time, also behind work that is under way', async () => {
    const timer = new ManualTimer();
    const work = new Work();
    const stop = nowAndThen(timer, 10, work.begin);
    await timer.pass(30);
    let isOver = false;
    const stopped = stop().then(() => (isOver = true));
    await work.end();
    assert.deepEqual({ begun: work.begun, isOver }, { begun: 2, isOver: false });
    await work.end();
    await stopped;
    await timer.pass(100);
    assert.equal(work.begun, 2, 'the timer is stopped');
  });
});
