import type { ClientWritableStream, Client } from '@grpc/grpc-js';
import type {
  DeleteRequest,
  DeleteResponse,
  GetRequest,
  GetResponse,
  Hello,
  ListRequest,
  ListResponse,
  PutHeader,
  PutRequest,
  PutResponse,
} from '@foresync/protocol';
import { ContentServiceDefinition, SyncServiceDefinition } from '@foresync/protocol';
import { ForesyncClientError } from './errors.js';
import type { GrpcOptions } from './grpc-channel.js';
import { channelOf } from './grpc-channel.js';
import { grpcDownload } from './grpc-download.js';
import { GrpcLink } from './grpc-link.js';
import { grpcMethod } from './grpc-method.js';
import { authorised, grpcUnary, oneResponse } from './grpc-unary.js';
import type { CallOptions, SessionLink, Transport } from './transport.js';

/**
 * A channel to a server by grpc-js: one connection, for as many clients of the process as are given it.
 *
 * @example
 * const transport = grpcTransport({ endpoint: 'https://sync.example.com:443' });
 * const clients = await Promise.all(tokens.map((token) => connect({ transport, token, spaces: ['notes'] })));
 */
export function grpcTransport(options: GrpcOptions): Transport {
  return new GrpcTransport(options);
}

class GrpcTransport implements Transport {
  readonly #client: Client;
  #closed = false;

  constructor(options: GrpcOptions) {
    this.#client = channelOf(options);
  }

  openSession(hello: Hello, token: string): SessionLink {
    const { path, serialize, deserialize } = SYNC;
    const call = this.#open().makeBidiStreamRequest(path, serialize, deserialize, authorised(token));
    return new GrpcLink(call, hello);
  }

  put(header: PutHeader, chunks: Iterable<Uint8Array>, options: CallOptions): Promise<PutResponse> {
    const { path, serialize, deserialize } = PUT;
    return oneResponse(options, (metadata, limits, done) => {
      const client = this.#open();
      const call = client.makeClientStreamRequest(path, serialize, deserialize, metadata, limits, done);
      // Whatever ends the call early answers through the callback.
      writeAll(call, header, chunks).catch(() => undefined);
      return call;
    });
  }

  async *get(request: GetRequest, options: CallOptions): AsyncGenerator<GetResponse> {
    yield* grpcDownload(this.#open(), GET, request, options);
  }

  async delete(request: DeleteRequest, options: CallOptions): Promise<DeleteResponse> {
    return grpcUnary(this.#open(), DELETE, request, options);
  }

  async list(request: ListRequest, options: CallOptions): Promise<ListResponse> {
    return grpcUnary(this.#open(), LIST, request, options);
  }

  close(): void {
    this.#closed = true;
    this.#client.close();
  }

  #open(): Client {
    if (this.#closed) throw new ForesyncClientError('CLOSED', 'the transport is closed');
    return this.#client;
  }
}

const SYNC = grpcMethod(SyncServiceDefinition, SyncServiceDefinition.methods.sync);
const PUT = grpcMethod(ContentServiceDefinition, ContentServiceDefinition.methods.put);
const GET = grpcMethod(ContentServiceDefinition, ContentServiceDefinition.methods.get);
const DELETE = grpcMethod(ContentServiceDefinition, ContentServiceDefinition.methods.delete);
const LIST = grpcMethod(ContentServiceDefinition, ContentServiceDefinition.methods.list);

async function writeAll(
  call: ClientWritableStream<PutRequest>,
  header: PutHeader,
  chunks: Iterable<Uint8Array>,
): Promise<void> {
  await write(call, { part: { $case: 'header', value: header } });
  for (const chunk of chunks) await write(call, { part: { $case: 'chunk', value: chunk } });
  call.end();
}

/** Resolves when it was handed to the transport, so that a large content is not queued as a whole. */
function write(call: ClientWritableStream<PutRequest>, request: PutRequest): Promise<void> {
  return new Promise((resolve, reject) => {
    call.write(request, (error?: Error | null) => (error instanceof Error ? reject(error) : resolve()));
  });
}
