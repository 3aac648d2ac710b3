import type { ServerHttp2Stream } from 'node:http2';
import { createServer } from 'node:http2';
import type { AddressInfo } from 'node:net';
import { encodeFrame } from '../../src/rpc/outbound/frame.js';
import type { Listening } from './messages.js';
import type { PushServer, Range } from './push-server.js';
import type { Content } from './workload.js';
import { pushOf, streamOf } from './workload.js';

/** What Node can do: HTTP/2 without grpc-js, our codec, and the five bytes that gRPC puts before a message; one checkpoint a message. */
export class Http2Server implements PushServer {
  readonly #contents: readonly Content[];
  readonly #streams: ServerHttp2Stream[] = [];

  constructor(contents: readonly Content[]) {
    this.#contents = contents;
  }

  get ready(): number {
    return Object.keys(this.#streams).length;
  }

  listen(): Promise<Listening> {
    const server = createServer({ settings: { maxConcurrentStreams: 10_000 }, maxSessionMemory: 1000 });
    server.on('stream', (stream: ServerHttp2Stream) => this.#opened(stream));
    return new Promise((resolve) => {
      server.listen(0, '127.0.0.1', () => {
        // It listens on a port.
        const { port } = server.address() as AddressInfo;
        resolve({ port, tokens: [] });
      });
    });
  }

  async burst(range: Range): Promise<void> {
    await Promise.all(this.#streams.map((stream) => this.#pushAll(stream, range)));
  }

  push(stream: number, content: number): void {
    const one = this.#contents[content];
    if (one !== undefined) this.#streams[stream]?.write(prefixed(encodeFrame([pushOf(one, content + 1)])));
  }

  #opened(stream: ServerHttp2Stream): void {
    stream.on('error', () => undefined);
    stream.respond({ ':status': 200, 'content-type': 'application/grpc+proto' });
    stream.once('data', (hello: Buffer) => {
      stream.resume();
      stream.write(prefixed(Buffer.alloc(0)));
      this.#streams[streamOf(hello.subarray(5))] = stream;
    });
  }

  async #pushAll(stream: ServerHttp2Stream, { from, to }: Range): Promise<void> {
    for (const [index, content] of this.#contents.slice(from, to).entries()) {
      if (stream.write(prefixed(encodeFrame([pushOf(content, from + index + 1)])))) continue;
      await new Promise((resolve) => stream.once('drain', resolve));
    }
  }
}

function prefixed(message: Buffer): Buffer {
  const framed = Buffer.allocUnsafe(message.length + 5);
  framed[0] = 0;
  framed.writeUInt32BE(message.length, 1);
  message.copy(framed, 5);
  return framed;
}
