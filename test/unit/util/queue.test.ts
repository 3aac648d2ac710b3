import assert from 'node:assert/strict';
import fc from 'fast-check';
import { BoundedQueue } from '../../../src/util/queue.js';

describe('util/queue', () => {
  it('hands values over in order, then ends', async () => {
    const queue = new BoundedQueue<number>({ capacity: 3, overflow: 'refuse' });
    for (const value of [1, 2, 3]) assert.equal(queue.offer(value), 'queued');
    queue.end();
    const read: number[] = [];
    for await (const value of queue) read.push(value);
    assert.deepEqual(read, [1, 2, 3]);
    assert.equal(queue.offer(4), 'ended');
  });

  it('wakes a reader that waits', async () => {
    const queue = new BoundedQueue<string>({ capacity: 1, overflow: 'refuse' });
    const waiting = queue.next();
    queue.offer('late');
    assert.equal((await waiting).value, 'late');
    const ending = queue.next();
    queue.end();
    assert.deepEqual(await ending, { value: undefined, done: true });
  });

  it('refuses beyond its capacity', async () => {
    const queue = new BoundedQueue<number>({ capacity: 2, overflow: 'refuse' });
    assert.deepEqual(
      [1, 2, 3].map((value) => queue.offer(value)),
      ['queued', 'queued', 'full'],
    );
    assert.equal(await queue.push(4), 'full');
    assert.equal(queue.size, 2);
    assert.deepEqual(queue.takeNow(10), [1, 2]);
  });

  it('drops the oldest and says so', () => {
    const dropped: number[] = [];
    const queue = new BoundedQueue<number>({
      capacity: 2,
      overflow: 'drop-oldest',
      onDrop: (value) => dropped.push(value),
    });
    for (const value of [1, 2, 3, 4]) assert.equal(queue.offer(value), 'queued');
    assert.deepEqual(
      [dropped, queue.takeNow(10)],
      [
        [1, 2],
        [3, 4],
      ],
    );
  });

  it('lets senders wait for room, and serves them in order', async () => {
    const queue = new BoundedQueue<number>({ capacity: 1, overflow: 'wait' });
    const pushes = [1, 2, 3].map((value) => queue.push(value));
    assert.equal(queue.offer(9), 'full');
    assert.deepEqual([await read(queue), await read(queue), await read(queue)], [1, 2, 3]);
    assert.deepEqual(await Promise.all(pushes), ['queued', 'queued', 'queued']);
  });

  it('tells waiting senders that it ended; the reader still gets what was queued', async () => {
    const queue = new BoundedQueue<number>({ capacity: 1, overflow: 'wait' });
    const pushes = [queue.push(1), queue.push(2)];
    queue.end();
    assert.deepEqual(await Promise.all(pushes), ['queued', 'ended']);
    assert.deepEqual([await read(queue), await read(queue)], [1, undefined]);
  });

  it('a failure reaches the reader at once, and the first one counts', async () => {
    const queue = new BoundedQueue<number>({ capacity: 5, overflow: 'refuse' });
    queue.offer(1);
    queue.fail(new Error('first'));
    queue.fail(new Error('second'));
    await assert.rejects(queue.next(), /first/);
    assert.deepEqual([queue.offer(2), queue.size], ['ended', 0]);
    const waiting = new BoundedQueue<number>({ capacity: 1, overflow: 'refuse' });
    const read = waiting.next();
    waiting.fail(new Error('while waiting'));
    await assert.rejects(read, /while waiting/);
  });

  it('refuses a capacity that holds nothing', () => {
    for (const capacity of [0, -1, 1.5, Number.NaN]) {
      assert.throws(() => new BoundedQueue({ capacity, overflow: 'wait' }), /capacity/);
    }
  });

  it('neither loses, doubles nor reorders a value while senders wait, however they and the reader take turns', async () => {
    const turn = fc.constantFrom('push' as const, 'take' as const);
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 4 }),
        fc.array(turn, { maxLength: 60 }),
        async (capacity, turns) => {
          const queue = new BoundedQueue<number>({ capacity, overflow: 'wait' });
          const pushes: Promise<string>[] = [];
          const read: number[] = [];
          for (const next of turns) {
            if (next === 'push') pushes.push(queue.push(pushes.length));
            else read.push(...queue.takeNow(2));
            assert.ok(queue.size <= capacity);
          }
          for (let more = queue.takeNow(1); more.length > 0; more = queue.takeNow(1)) read.push(...more);
          assert.deepEqual(
            read,
            pushes.map((_, index) => index),
          );
          assert.ok((await Promise.all(pushes)).every((answer) => answer === 'queued'));
        },
      ),
    );
  });
});

const read = async <T>(queue: BoundedQueue<T>): Promise<T | undefined> => (await queue.next()).value;
