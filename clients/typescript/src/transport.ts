import type {
  ClientEvent,
  DeleteRequest,
  DeleteResponse,
  GetRequest,
  GetResponse,
  Hello,
  ListRequest,
  ListResponse,
  PutHeader,
  PutResponse,
  ServerEvent,
} from '@foresync/protocol';

/**
 * How the client reaches a server: grpc-js in Node. Every failure is a ForesyncClientError. May be shared by any number
 * of clients, whoever made it closes it.
 *
 * A browser's transport makes a session of two calls: `Subscribe` with the Hello, whose frames these are, and a `Report`
 * for each `send`, with the session id that it read from the Welcome.
 */
export interface Transport {
  /** Opens a session: the Hello goes first. Does not wait for the server. */
  openSession(hello: Hello, token: string): SessionLink;
  /** Writes an item; `chunks` are at most Limits.chunk_bytes each. */
  put(header: PutHeader, chunks: Iterable<Uint8Array>, call: CallOptions): Promise<PutResponse>;
  get(request: GetRequest, call: CallOptions): AsyncIterable<GetResponse>;
  delete(request: DeleteRequest, call: CallOptions): Promise<DeleteResponse>;
  list(request: ListRequest, call: CallOptions): Promise<ListResponse>;
  /** Ends every call with CLOSED. */
  close(): void;
}

export interface SessionLink {
  /**
   * What the server sends, read from the first moment on whether it is asked for or not, so that flow control never
   * stops the server; what waits is bounded by what the client has not acknowledged. Ends when the server ends the
   * session in order, throws when it does not. For one reader.
   */
  readonly frames: AsyncIterable<readonly ServerEvent[]>;
  /** Sends a frame; resolves when there is room for the next one, and when there is nobody to send to any more. */
  send(events: readonly ClientEvent[]): Promise<void>;
  /** Nothing more is sent; the server ends its side. */
  finish(): void;
  /** Ends both sides now. */
  cancel(): void;
}

export interface CallOptions {
  readonly token: string;
  readonly signal?: AbortSignal | undefined;
  /** The call fails with TIMEOUT after this long. */
  readonly timeoutMs: number;
}
