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
import { AsyncQueue } from './async-queue.js';
import { fieldInvalid, ForesyncClientError } from './errors.js';
import type { CallOptions, SessionLink, Transport } from './transport.js';
import type { WebCall } from './web-call.js';
import { webCall, webStream, webUnary } from './web-call.js';
import { WebLink } from './web-link.js';
import type { WebMethod } from './web-methods.js';
import { WEB_METHODS } from './web-methods.js';

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
  readonly #endpoint: string;
  readonly #closed = new AbortController();

  constructor({ endpoint }: WebOptions) {
    this.#endpoint = checked(endpoint);
  }

  openSession(hello: Hello, token: string): SessionLink {
    const { signal: closed } = this.#closed;
    closed.throwIfAborted();
    return new WebLink({ endpoint: this.#endpoint, token }, hello, closed);
  }

  put(header: PutHeader, chunks: Iterable<Uint8Array>, call: CallOptions): Promise<PutResponse> {
    return this.#unary(WEB_METHODS.put, parts(header, chunks), call);
  }

  /** Read from the first moment on, so that the deadline is the call's and not the reader's. */
  get(request: GetRequest, call: CallOptions): AsyncIterable<GetResponse> {
    const queue = new AsyncQueue<GetResponse>();
    const reading = webCall(call, this.#closed.signal, async (signal) => {
      const responses = webStream(WEB_METHODS.get, [request], this.#to(call, signal));
      for await (const response of responses) queue.push(response);
    });
    reading.then(
      () => queue.end(),
      (error: unknown) => queue.end(ForesyncClientError.from(error)),
    );
    return queue;
  }

  delete(request: DeleteRequest, call: CallOptions): Promise<DeleteResponse> {
    return this.#unary(WEB_METHODS.delete, [request], call);
  }

  list(request: ListRequest, call: CallOptions): Promise<ListResponse> {
    return this.#unary(WEB_METHODS.list, [request], call);
  }

  close(): void {
    this.#closed.abort(new ForesyncClientError('CLOSED', 'the transport is closed'));
  }

  #unary<Request, Response>(
    method: WebMethod<Request, Response>,
    messages: Iterable<Request>,
    call: CallOptions,
  ): Promise<Response> {
    return webCall(call, this.#closed.signal, (signal) => webUnary(method, messages, this.#to(call, signal)));
  }

  #to({ token }: CallOptions, signal: AbortSignal): WebCall {
    return { endpoint: this.#endpoint, token, signal };
  }
}

/** The item limit of the server bounds them. */
function* parts(header: PutHeader, chunks: Iterable<Uint8Array>): Generator<PutRequest> {
  yield { part: { $case: 'header', value: header } };
  for (const chunk of chunks) yield { part: { $case: 'chunk', value: chunk } };
}

function checked(endpoint: string): string {
  const url = URL.canParse(endpoint) ? new URL(endpoint) : undefined;
  if (url?.protocol === 'https:' || url?.protocol === 'http:') return endpoint.replace(/\/+$/, '');
  throw fieldInvalid('endpoint', 'is not https://host:port or http://host:port');
}
