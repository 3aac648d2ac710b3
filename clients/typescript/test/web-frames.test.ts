import assert from 'node:assert/strict';
import { bodyOf, framesOf } from '../src/web-frames.js';
import { bytesOf } from './support/checkpoints.js';

const MOST_BYTES = 4 * 1024 * 1024;

describe('frames of grpc-web', () => {
  it('are what was framed, in whatever pieces they come', async () => {
    const messages = [bytesOf('one'), new Uint8Array(0), bytesOf('x'.repeat(70_000)), bytesOf('last')];
    const body = bodyOf(messages);
    for (const size of [1, 4, 5, 6, 1000, body.length]) {
      const found: Uint8Array[] = [];
      for await (const { bytes, isTrailer } of framesOf(pieces(body, size))) {
        assert.equal(isTrailer, false);
        found.push(Uint8Array.from(bytes));
      }
      assert.deepEqual(found, messages, `in pieces of ${size}`);
    }
  });

  it('are nothing else, nothing compressed, and no part of one, in whatever pieces that comes', async () => {
    const [whole, end] = [message('first'), trailers('grpc-status: 0')];
    const compressed = message('first').fill(1, 0, 1);
    const bodies: [parts: Uint8Array[], problem: RegExp][] = [
      [[bytesOf('<!DOCTYPE html>')], /what came is not grpc-web/],
      [[compressed, end], /what came is not grpc-web, or is compressed/],
      [[whole, end.fill(0x81, 0, 1)], /what came is not grpc-web, or is compressed/],
      [[whole, trailers('grpc-status: 0').subarray(0, -1)], /in the midst of a frame/],
      [[whole.subarray(0, 3)], /in the midst of a frame/],
      [[whole, trailers('grpc-status: 0'), whole.subarray(0, 3)], /in the midst of a frame/],
      [[whole, trailers('grpc-status: 0'), whole], /after the end of the call/],
    ];
    for (const [parts, message] of bodies)
      for (const size of [1, 7, 1000])
        await assert.rejects(read(pieces(Buffer.concat(parts), size)), { code: 'UNAVAILABLE', message });
  });

  it('have 4 MiB at most: of a larger one nothing is waited for', async () => {
    let isLeft = false;
    const larger = async function* (): AsyncGenerator<Uint8Array> {
      const header = bodyOf([new Uint8Array(0)]);
      new DataView(header.buffer).setUint32(1, MOST_BYTES + 1);
      try {
        yield header;
        for (let n = 0; n < 4; n++) yield await Promise.resolve(new Uint8Array(MOST_BYTES));
      } finally {
        isLeft = true;
      }
    };
    await assert.rejects(read(larger()), { code: 'EXHAUSTED', message: /4194305 bytes .* at most 4194304/ });
    assert.ok(isLeft);
    assert.equal(await read(pieces(bodyOf([new Uint8Array(MOST_BYTES)]), 100_000)), MOST_BYTES);
  });
});

/** Bytes in all frames. */
async function read(body: AsyncIterable<Uint8Array>): Promise<number> {
  let sum = 0;
  for await (const { bytes } of framesOf(body)) sum += bytes.length;
  return sum;
}

const message = (text: string): Uint8Array => bodyOf([bytesOf(text)]);

const trailers = (line: string): Uint8Array => message(`${line}\r\n`).fill(0x80, 0, 1);

async function* pieces(body: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < body.length; at += size) {
    await Promise.resolve();
    yield body.subarray(at, at + size);
  }
}
