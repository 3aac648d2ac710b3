import assert from 'node:assert/strict';
import type { ClientEvent } from '@foresync/protocol';
import { AsyncQueue } from '../src/async-queue.js';
import type { SessionLink } from '../src/transport.js';
import { Uplink } from '../src/uplink.js';
import { eventually } from './support/with-client.js';

describe('Uplink', () => {
  it('waits for the transport, and then sends all that came up in one frame', async () => {
    const frames: ClientEvent[][] = [];
    let drain: () => void = () => undefined;
    const link: SessionLink = {
      frames: new AsyncQueue(),
      send: (events) => {
        frames.push([...events]);
        return new Promise((resolve) => (drain = resolve));
      },
      finish: () => undefined,
      cancel: () => undefined,
    };
    const uplink = new Uplink(link, { ack: () => undefined, batch: () => undefined });
    const beat = (nonce: bigint): void =>
      uplink.send({ $case: 'heartbeat', value: { nonce, echo: 0n, timeMs: 0n, tokenExpiresInMs: 0n } });
    beat(1n);
    beat(2n);
    await eventually(() => frames.length === 1, 'a frame');
    for (let nonce = 3n; nonce < 400n; nonce++) beat(nonce);
    await new Promise((resolve) => setImmediate(resolve));
    assert.deepEqual(
      frames.map(({ length }) => length),
      [2],
    );
    const drained = uplink.drain();
    drain();
    await eventually(() => frames.length === 2, 'the next frame');
    drain();
    await eventually(() => frames.length === 3, 'the last frame');
    drain();
    await drained;
    assert.equal(frames.flat().length, 399);
    assert.ok(frames.every(({ length }) => length <= 256));
    uplink.close();
    beat(500n);
    await new Promise((resolve) => setImmediate(resolve));
    assert.equal(frames.length, 3);
  });
});
