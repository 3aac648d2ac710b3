import type {
  sendUnaryData,
  ServerDuplexStream,
  ServerReadableStream,
  ServerUnaryCall,
  ServerWritableStream,
} from '@grpc/grpc-js';
import { Metadata, Server, ServerCredentials } from '@grpc/grpc-js';
import type {
  DeleteRequest,
  DeleteResponse,
  GetRequest,
  GetResponse,
  ListRequest,
  ListResponse,
  PutRequest,
  PutResponse,
  SyncRequest,
  SyncResponse,
} from '@foresync/protocol';
import { ContentServiceDefinition, Status, SyncServiceDefinition } from '@foresync/protocol';
import { AsyncQueue } from '../../src/async-queue.js';
import { grpcMethod } from '../../src/grpc-method.js';
import { within } from '../../src/within.js';
import { FakeSession } from './fake-session.js';

/** What a test lets the content service answer; it may throw a Refusal. */
export interface ContentScript {
  put(parts: readonly PutRequest[], token: string): PutResponse;
  get(request: GetRequest): readonly GetResponse[];
  delete(request: DeleteRequest): DeleteResponse;
  list(request: ListRequest): ListResponse;
}

/** A failure as a server states it. */
export class Refusal extends Error {
  readonly status: Status;

  constructor(code: number, message: string, details: Status['details'] = []) {
    super(message);
    this.status = { code, message, details };
  }
}

/**
 * A server on a real socket that does what a test says: for faults that a right server never commits. It knows no rule of
 * the session.
 */
export class FakeServer {
  readonly #server = new Server();
  readonly #sessions = new AsyncQueue<FakeSession>();
  readonly #next = this.#sessions[Symbol.asyncIterator]();
  readonly #script: Partial<ContentScript>;
  #port = 0;
  /** The next Sync calls are ended with these, one each. */
  readonly refusals: Refusal[] = [];
  /** Tokens of the Sync calls, in order. */
  readonly tokens: string[] = [];

  private constructor(script: Partial<ContentScript>) {
    this.#script = script;
  }

  static async start(
    script: Partial<ContentScript> = {},
    credentials: ServerCredentials = ServerCredentials.createInsecure(),
  ): Promise<FakeServer> {
    const fake = new FakeServer(script);
    fake.#serveSync();
    fake.#serveContent();
    await fake.#listen(credentials);
    return fake;
  }

  get endpoint(): string {
    return `http://127.0.0.1:${this.#port}`;
  }

  get tlsEndpoint(): string {
    return `https://localhost:${this.#port}`;
  }

  /** The next session that a client opens; bounded. */
  async accept(): Promise<FakeSession> {
    const next = await within(this.#next.next(), { timeoutMs: 8_000 });
    if (next.done === true) throw new Error('the server was stopped');
    return next.value;
  }

  stop(): void {
    this.#sessions.end();
    this.#server.forceShutdown();
  }

  #listen(credentials: ServerCredentials): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#server.bindAsync('127.0.0.1:0', credentials, (error, port) => {
        this.#port = port;
        if (error === null) resolve();
        else reject(error);
      });
    });
  }

  #serveSync(): void {
    const { path, serialize, deserialize } = served(
      SyncServiceDefinition,
      SyncServiceDefinition.methods.sync,
    );
    const handle = (call: ServerDuplexStream<SyncRequest, SyncResponse>): void => {
      this.tokens.push(tokenOf(call.metadata));
      const refusal = this.refusals.shift();
      if (refusal === undefined) this.#sessions.push(new FakeSession(call));
      else call.emit('error', serviceError(refusal));
    };
    this.#server.register(path, handle, serialize, deserialize, 'bidi');
  }

  #serveContent(): void {
    const { methods } = ContentServiceDefinition;
    const put = served(ContentServiceDefinition, methods.put);
    const get = served(ContentServiceDefinition, methods.get);
    const remove = served(ContentServiceDefinition, methods.delete);
    const list = served(ContentServiceDefinition, methods.list);
    const script = this.#script;
    const handlePut = (
      call: ServerReadableStream<PutRequest, PutResponse>,
      reply: sendUnaryData<PutResponse>,
    ): void => {
      const parts: PutRequest[] = [];
      call.on('data', (part: PutRequest) => parts.push(part));
      call.on('end', () => answer(reply, () => script.put?.(parts, tokenOf(call.metadata))));
    };
    const handleGet = (call: ServerWritableStream<GetRequest, GetResponse>): void => {
      for (const part of script.get?.(call.request) ?? []) call.write(part);
      call.end();
    };
    this.#server.register(put.path, handlePut, put.serialize, put.deserialize, 'clientStream');
    this.#server.register(get.path, handleGet, get.serialize, get.deserialize, 'serverStream');
    this.#server.register(
      remove.path,
      (call: ServerUnaryCall<DeleteRequest, DeleteResponse>, reply: sendUnaryData<DeleteResponse>) =>
        answer(reply, () => script.delete?.(call.request)),
      remove.serialize,
      remove.deserialize,
      'unary',
    );
    this.#server.register(
      list.path,
      (call: ServerUnaryCall<ListRequest, ListResponse>, reply: sendUnaryData<ListResponse>) =>
        answer(reply, () => script.list?.(call.request)),
      list.serialize,
      list.deserialize,
      'unary',
    );
  }
}

/** The client's view of a method, from the other side. */
function served<Request, Response>(
  service: { readonly fullName: string },
  { name, requestType, responseType }: Parameters<typeof grpcMethod<Request, Response>>[1],
) {
  const { path } = grpcMethod(service, { name, requestType, responseType });
  const { serialize } = grpcMethod(service, { name, requestType: responseType, responseType: requestType });
  return { path, serialize, deserialize: (bytes: Buffer): Request => requestType.decode(bytes) };
}

function answer<Response>(reply: sendUnaryData<Response>, make: () => Response | undefined): void {
  try {
    const response = make();
    if (response === undefined) throw new Error('the test does not expect this call');
    reply(null, response);
  } catch (error) {
    reply(serviceError(error));
  }
}

export function serviceError(error: unknown): { code: number; details: string; metadata: Metadata } {
  const status = error instanceof Refusal ? error.status : { code: 13, message: String(error), details: [] };
  const metadata = new Metadata();
  metadata.set('grpc-status-details-bin', Buffer.from(Status.encode(status).finish()));
  return { code: status.code, details: status.message, metadata };
}

function tokenOf(metadata: Metadata): string {
  return String(metadata.get('authorization')[0]).replace('Bearer ', '');
}
