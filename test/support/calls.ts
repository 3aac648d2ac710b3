import type {
  ChannelCredentials,
  ChannelOptions,
  ClientDuplexStream,
  ClientReadableStream,
  ServiceError,
} from '@grpc/grpc-js';
import { Client, credentials, Metadata } from '@grpc/grpc-js';
import { BadRequest, ErrorInfo, Status } from '@foresync/protocol';

interface Codec<Message> {
  encode(message: Message): { finish(): Uint8Array };
  decode(bytes: Uint8Array): Message;
}

interface Method<Request, Response> {
  readonly name: string;
  readonly requestType: Codec<Request>;
  readonly responseType: Codec<Response>;
}

/** What a call failed with: its status, and the details that it carried. */
export class CallFailure extends Error {
  readonly status: number;
  readonly code: string | undefined;
  readonly fields: readonly string[];
  readonly facts: Readonly<Record<string, string>>;
  readonly details: Status | undefined;

  constructor(error: ServiceError) {
    super(error.message);
    const packed = error.metadata.get('grpc-status-details-bin')[0];
    this.status = error.code;
    this.details = packed instanceof Buffer ? Status.decode(packed) : undefined;
    const info = this.detail('google.rpc.ErrorInfo', ErrorInfo);
    this.code = info?.reason;
    this.facts = info?.metadata ?? {};
    this.fields = (this.detail('google.rpc.BadRequest', BadRequest)?.fieldViolations ?? []).map(
      ({ field }) => field,
    );
  }

  /** A detail of this type, decoded. */
  detail<T>(type: string, codec: { decode(bytes: Uint8Array): T }): T | undefined {
    const found = this.details?.details.find(({ typeUrl }) => typeUrl === `type.googleapis.com/${type}`);
    return found === undefined ? undefined : codec.decode(found.value);
  }
}

/** Calls a server with the generated messages and nothing else of ours. */
export class Caller {
  readonly #client: Client;
  readonly #service: string;
  token: string | null;

  constructor(
    port: number,
    service: { readonly fullName: string },
    token: string | null,
    channel: ChannelCredentials = credentials.createInsecure(),
    options: ChannelOptions = {},
  ) {
    this.#client = new Client(`127.0.0.1:${port}`, channel, {
      'grpc.use_local_subchannel_pool': 1,
      'grpc.enable_retries': 0,
      ...options,
    });
    this.#service = service.fullName;
    this.token = token;
  }

  close(): void {
    this.#client.close();
  }

  unary<Req, Res>(method: Method<Req, Res>, request: Req, options: object = {}): Promise<Res> {
    return new Promise((resolve, reject) => {
      const answer = answerTo<Res>(resolve, reject);
      const { path, write, read } = this.#wire(method);
      this.#client.makeUnaryRequest(path, write, read, request, this.#metadata(), options, answer);
    });
  }

  /** Sends every request, then waits for the answer. */
  upload<Req, Res>(method: Method<Req, Res>, requests: Iterable<Req>): Promise<Res> {
    return new Promise((resolve, reject) => {
      const { path, write, read } = this.#wire(method);
      const call = this.#client.makeClientStreamRequest(
        path,
        write,
        read,
        this.#metadata(),
        answerTo<Res>(resolve, reject),
      );
      for (const request of requests) call.write(request);
      call.end();
    });
  }

  /** The answers, as they come; leaving the loop cancels the call. */
  async *download<Req, Res>(method: Method<Req, Res>, request: Req): AsyncGenerator<Res> {
    const call = this.subscribe(method, request);
    try {
      // The deserializer makes nothing else.
      for await (const response of call as AsyncIterable<Res>) yield response;
    } catch (error) {
      throw failureOf(error);
    } finally {
      call.cancel();
    }
  }

  /** A call whose answers are listened to. */
  subscribe<Req, Res>(method: Method<Req, Res>, request: Req): ClientReadableStream<Res> {
    const { path, write, read } = this.#wire(method);
    return this.#client.makeServerStreamRequest(path, write, read, request, this.#metadata());
  }

  stream<Req, Res>(method: Method<Req, Res>): ClientDuplexStream<Req, Res> {
    const { path, write, read } = this.#wire(method);
    return this.#client.makeBidiStreamRequest(path, write, read, this.#metadata());
  }

  #metadata(): Metadata {
    const metadata = new Metadata();
    if (this.token !== null) metadata.set('authorization', `Bearer ${this.token}`);
    return metadata;
  }

  #wire<Req, Res>({ name, requestType, responseType }: Method<Req, Res>) {
    return {
      path: `/${this.#service}/${name}`,
      write: (message: Req) => Buffer.from(requestType.encode(message).finish()),
      read: (bytes: Buffer) => responseType.decode(bytes),
    };
  }
}

/** What a promise or a loop over answers failed with. */
export async function callFailure(run: () => Promise<unknown>): Promise<CallFailure> {
  try {
    await run();
  } catch (thrown) {
    if (thrown instanceof CallFailure) return thrown;
    throw thrown;
  }
  throw new Error('the call succeeded');
}

export async function all<T>(answers: AsyncIterable<T>): Promise<T[]> {
  const found: T[] = [];
  for await (const answer of answers) found.push(answer);
  return found;
}

export function failureOf(error: unknown): unknown {
  return error instanceof Error && 'metadata' in error ? new CallFailure(error as ServiceError) : error;
}

function answerTo<Res>(resolve: (response: Res) => void, reject: (error: unknown) => void) {
  return (error: ServiceError | null, response?: Res): void => {
    if (error !== null) reject(failureOf(error));
    else if (response !== undefined) resolve(response);
  };
}
