import { ErrorInfo, Status } from '@foresync/protocol';

interface Codec<Message> {
  encode(message: Message): { finish(): Uint8Array };
  decode(bytes: Uint8Array): Message;
}

interface Method<Request, Response> {
  readonly name: string;
  readonly requestType: Codec<Request>;
  readonly responseType: Codec<Response>;
}

export interface WebCall {
  readonly headers?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
}

/** How a grpc-web call ended, if not well. */
export class WebFailure extends Error {
  readonly status: number;
  readonly reason: string | undefined;

  constructor(status: number, message: string, details: string | null) {
    super(decodeURIComponent(message));
    this.status = status;
    this.reason = details === null ? undefined : reasonOf(Status.decode(Buffer.from(details, 'base64')));
  }
}

/** Speaks grpc-web by hand: what a browser puts on the wire, with nothing of ours but the generated messages. */
export class WebCaller {
  readonly #url: string;
  readonly #token: string;

  constructor(url: string, service: { readonly fullName: string }, token: string) {
    this.#url = `${url}/${service.fullName}`;
    this.#token = token;
  }

  async unary<Req, Res>(method: Method<Req, Res>, request: Req, call: WebCall = {}): Promise<Res> {
    for await (const response of this.stream(method, request, call)) return response;
    throw new Error('the call ended well, but without an answer');
  }

  /** The answers, as they come. Throws a WebFailure. */
  async *stream<Req, Res>(method: Method<Req, Res>, request: Req, call: WebCall = {}): AsyncGenerator<Res> {
    const response = await this.open(method, request, call);
    check(response.headers);
    for await (const { flags, body } of frames(response)) {
      if (flags < TRAILERS) yield method.responseType.decode(body);
      else check(new Headers(parsed(body)));
    }
  }

  /** The raw answer. */
  open<Req, Res>(
    { name, requestType }: Method<Req, Res>,
    request: Req,
    { headers = {}, signal }: WebCall,
  ): Promise<Response> {
    const message = requestType.encode(request).finish();
    const body = Buffer.alloc(5 + message.length);
    body.writeUInt32BE(message.length, 1);
    body.set(message, 5);
    return fetch(`${this.#url}/${name}`, {
      method: 'POST',
      body,
      headers: {
        authorization: `Bearer ${this.#token}`,
        'content-type': 'application/grpc-web+proto',
        'x-grpc-web': '1',
        ...headers,
      },
      ...(signal === undefined ? {} : { signal }),
    });
  }
}

const TRAILERS = 0x80;

async function* frames(response: Response): AsyncGenerator<{ flags: number; body: Uint8Array }> {
  let buffered = Buffer.alloc(0);
  for await (const part of response.body ?? []) {
    // fetch gives bytes and nothing else.
    buffered = Buffer.concat([buffered, part as Uint8Array]);
    while (buffered.length >= 5 && buffered.length >= 5 + buffered.readUInt32BE(1)) {
      const end = 5 + buffered.readUInt32BE(1);
      yield { flags: buffered[0] ?? 0, body: buffered.subarray(5, end) };
      buffered = buffered.subarray(end);
    }
  }
}

function parsed(trailers: Uint8Array): [string, string][] {
  const lines = Buffer.from(trailers).toString().split('\r\n').filter(Boolean);
  return lines.map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 1).trim()]);
}

function check(headers: Headers): void {
  const status = Number(headers.get('grpc-status') ?? 0);
  if (status === 0) return;
  throw new WebFailure(status, headers.get('grpc-message') ?? '', headers.get('grpc-status-details-bin'));
}

function reasonOf({ details }: Status): string | undefined {
  const info = details.find(({ typeUrl }) => typeUrl.endsWith('/google.rpc.ErrorInfo'));
  return info === undefined ? undefined : ErrorInfo.decode(info.value).reason;
}
