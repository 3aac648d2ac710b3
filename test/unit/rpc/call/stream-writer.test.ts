import assert from 'node:assert/strict';
import { EventEmitter } from 'node:events';
import { StreamWriter } from '../../../../src/rpc/call/stream-writer.js';
import { Tally } from '../../../../src/rpc/call/tally.js';

/** A transport that takes what it is given when the test says so. */
class Transport extends EventEmitter {
  readonly written: Buffer[] = [];
  #done: (error?: Error | null) => void = () => undefined;

  write(message: Buffer, done: (error?: Error | null) => void): boolean {
    this.written.push(message);
    this.#done = done;
    return false;
  }

  take(error?: Error): void {
    this.#done(error);
  }
}

const MESSAGE = Buffer.from('message');

describe('rpc/call/stream-writer', () => {
  const setUp = (stallMs = 60_000) => {
    const transport = new Transport();
    const tally = new Tally();
    return { transport, tally, writer: new StreamWriter(transport, stallMs, tally) };
  };

  it('waits until the transport has taken a message', async () => {
    const { transport, tally, writer } = setUp();
    let taken: string | undefined;
    const writing = writer.write(MESSAGE).then((outcome) => (taken = outcome));
    await new Promise((resolve) => setImmediate(resolve));
    assert.equal(taken, undefined);
    transport.take();
    assert.equal(await writing, 'taken');
    assert.deepEqual([tally.sentMessages, tally.sentBytes], [1, MESSAGE.length]);
  });

  it('waits no longer than the limit, and still queues last words', async () => {
    const { transport, writer } = setUp(5);
    assert.equal(await writer.write(MESSAGE), 'stalled');
    writer.lastWords(Buffer.from('goodbye'));
    assert.deepEqual(transport.written.map(String), ['message', 'goodbye']);
    transport.take();
  });

  it('writes nothing to a caller that left, and does not wait for it', async () => {
    const { transport, writer } = setUp();
    const writing = writer.write(MESSAGE);
    transport.emit('cancelled');
    assert.equal(await writing, 'gone');
    assert.equal(await writer.write(MESSAGE), 'gone');
    writer.lastWords(MESSAGE);
    assert.equal(transport.written.length, 1);
  });

  it('takes a failed write for a caller that left', async () => {
    const { transport, writer } = setUp();
    const writing = writer.write(MESSAGE);
    transport.take(new Error('the stream was destroyed'));
    assert.equal(await writing, 'gone');
  });
});
