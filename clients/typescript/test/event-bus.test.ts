import assert from 'node:assert/strict';
import { EventBus } from '../src/event-bus.js';
import type { ForesyncEvent } from '../src/events.js';

describe('EventBus', () => {
  const event = (sequence: number): ForesyncEvent => ({ kind: 'durable', sequence, durability: 'local' });
  const read = async (events: AsyncIterable<ForesyncEvent>): Promise<ForesyncEvent[]> => {
    const all: ForesyncEvent[] = [];
    for await (const one of events) all.push(one);
    return all;
  };

  it('drops the oldest of a listener that is too slow, and says how many', async () => {
    const bus = new EventBus();
    const slow = bus.listen();
    for (let sequence = 1; sequence <= 1500; sequence++) bus.publish(event(sequence));
    bus.close();
    const heard = await read(slow);
    assert.deepEqual(
      [heard.length, heard[0], heard[1]],
      [1025, { kind: 'overflow', missed: 476 }, event(477)],
    );
    assert.deepEqual(heard.at(-1), event(1500));
  });

  it('ends with the signal, with the loop, and with the bus', async () => {
    const bus = new EventBus();
    const stop = new AbortController();
    const [signalled, left, last] = [bus.listen(stop.signal), bus.listen(), bus.listen()];
    bus.publish(event(1));
    stop.abort();
    bus.publish(event(2));
    for await (const one of left) {
      assert.deepEqual(one, event(1));
      break;
    }
    bus.close();
    bus.publish(event(3));
    assert.deepEqual(await read(signalled), [event(1)]);
    assert.deepEqual(await read(last), [event(1), event(2)]);
    assert.deepEqual(await read(bus.listen()), []);
    assert.deepEqual(await read(new EventBus().listen(AbortSignal.abort())), []);
  });
});
