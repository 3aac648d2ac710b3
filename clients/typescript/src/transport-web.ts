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
import type { Client } from 'nice-grpc-web';
import { createChannel, createClient } from 'nice-grpc-web';
import { AsyncQueue } from './async-queue.js';
import { fieldInvalid, ForesyncClientError } from './errors.js';
import type { CallOptions, SessionLink, Transport } from './transport.js';
import { fetchTransport, webCall } from './web-call.js';
import { WebLink } from './web-link.js';

export interface WebOptions {
  /** Where Envoy listens: `https://host:port`; `http://` shows the token to whoever listens. */
  readonly endpoint: string;
}

/**
 * grpc-web by `fetch`, through a proxy such as Envoy: for browsers and their workers. Throws FIELD_INVALID.
 *
 * @example const client = await connect({ transport: webTransport({ endpoint }), token, spaces: ['notes'] });
 */
export function webTransport(options: WebOptions): Transport {
  return new WebTransport(options);
}

class WebTransport implements Transport {
  readonly #sync: Client<SyncServiceDefinition>;
  readonly #content: Client<ContentServiceDefinition>;
  readonly #closed = new AbortController();

  constructor({ endpoint }: WebOptions) {
    const channel = createChannel(checked(endpoint), fetchTransport());
    this.#sync = createClient(SyncServiceDefinition, channel);
    this.#content = createClient(ContentServiceDefinition, channel);
  }

  openSession(hello: Hello, token: string): SessionLink {
    this.#closed.signal.throwIfAborted();
    return new WebLink(this.#sync, hello, token, this.#closed.signal);
  }

  put(header: PutHeader, chunks: Iterable<Uint8Array>, call: CallOptions): Promise<PutResponse> {
    return webCall(call, this.#closed.signal, (options) => this.#content.put(parts(header, chunks), options));
  }

  /** Read from the first moment on, so that the deadline is the call's and not the reader's. */
  get(request: GetRequest, call: CallOptions): AsyncIterable<GetResponse> {
    const queue = new AsyncQueue<GetResponse>();
    const reading = webCall(call, this.#closed.signal, async (options) => {
      for await (const response of this.#content.get(request, options)) queue.push(response);
    });
    reading.then(
      () => queue.end(),
      (error: unknown) => queue.end(ForesyncClientError.from(error)),
    );
    return queue;
  }

  delete(request: DeleteRequest, call: CallOptions): Promise<DeleteResponse> {
    return webCall(call, this.#closed.signal, (options) => this.#content.delete(request, options));
  }

  list(request: ListRequest, call: CallOptions): Promise<ListResponse> {
    return webCall(call, this.#closed.signal, (options) => this.#content.list(request, options));
  }

  close(): void {
    this.#closed.abort(new ForesyncClientError('CLOSED', 'the transport is closed'));
  }
}

function parts(header: PutHeader, chunks: Iterable<Uint8Array>): AsyncIterable<PutRequest> {
  const queue = new AsyncQueue<PutRequest>();
  queue.push({ part: { $case: 'header', value: header } });
  for (const chunk of chunks) queue.push({ part: { $case: 'chunk', value: chunk } });
  queue.end();
  return queue;
}

function checked(endpoint: string): string {
  const url = URL.canParse(endpoint) ? new URL(endpoint) : undefined;
  if (url?.protocol === 'https:' || url?.protocol === 'http:') return endpoint.replace(/\/+$/, '');
  throw fieldInvalid('endpoint', 'is not https://host:port or http://host:port');
}
