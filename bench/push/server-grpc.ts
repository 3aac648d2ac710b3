import type { handleBidiStreamingCall, ServerDuplexStream, UntypedHandleCall } from '@grpc/grpc-js';
import { Server, ServerCredentials } from '@grpc/grpc-js';
import { SyncResponse } from '@foresync/protocol';
import { wireEvent } from '../../src/rpc/outbound/events.js';
import type { Listening } from './messages.js';
import type { PushServer, Range } from './push-server.js';
import type { Content } from './workload.js';
import { pushOf, streamOf } from './workload.js';

/** Plain grpc-js with the generated codec: one checkpoint a message, written while the stream takes it. */
export class GrpcServer implements PushServer {
  readonly #contents: readonly Content[];
  readonly #streams: ServerDuplexStream<Buffer, SyncResponse>[] = [];

  constructor(contents: readonly Content[]) {
    this.#contents = contents;
  }

  get ready(): number {
    return Object.keys(this.#streams).length;
  }

  listen(): Promise<Listening> {
    const server = new Server({ 'grpc.max_concurrent_streams': 10_000, 'grpc.max_send_message_length': -1 });
    const sync: handleBidiStreamingCall<Buffer, SyncResponse> = (call) => this.#opened(call);
    server.addService({ sync: METHOD }, { sync: sync as UntypedHandleCall });
    return new Promise((resolve, reject) => {
      server.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (error, port) =>
        error === null ? resolve({ port, tokens: [] }) : reject(error),
      );
    });
  }

  async burst(range: Range): Promise<void> {
    await Promise.all(this.#streams.map((stream) => this.#pushAll(stream, range)));
  }

  push(stream: number, content: number): void {
    const one = this.#contents[content];
    if (one !== undefined) this.#streams[stream]?.write(messageOf(one, content + 1));
  }

  #opened(call: ServerDuplexStream<Buffer, SyncResponse>): void {
    call.on('error', () => undefined);
    call.resume();
    // The first message stands for Hello; the answer lets the client know that it is connected.
    call.once('data', (hello: Buffer) => {
      call.write({ events: [] });
      this.#streams[streamOf(hello)] = call;
    });
  }

  async #pushAll(stream: ServerDuplexStream<Buffer, SyncResponse>, { from, to }: Range): Promise<void> {
    for (const [index, content] of this.#contents.slice(from, to).entries()) {
      if (stream.write(messageOf(content, from + index + 1))) continue;
      await new Promise((resolve) => stream.once('drain', resolve));
    }
  }
}

function messageOf(content: Content, delivery: number): SyncResponse {
  return { events: [wireEvent(pushOf(content, delivery))] };
}

const same = (bytes: Buffer): Buffer => bytes;

const METHOD = {
  path: '/foresync.v1.SyncService/Sync',
  requestStream: true,
  responseStream: true,
  requestSerialize: same,
  requestDeserialize: same,
  responseSerialize: (message: SyncResponse) => Buffer.from(SyncResponse.encode(message).finish()),
  responseDeserialize: same,
};
