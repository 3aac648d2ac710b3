/** A method as grpc-js wants it: its path and how its messages are written and read. */
export interface GrpcMethod<Request, Response> {
  readonly path: string;
  readonly serialize: (request: Request) => Buffer;
  readonly deserialize: (bytes: Buffer) => Response;
}

interface Codec<Message> {
  encode(message: Message): { finish(): Uint8Array };
  decode(bytes: Uint8Array): Message;
}

/** Reads a method out of a generated service definition. */
export function grpcMethod<Request, Response>(
  service: { readonly fullName: string },
  method: {
    readonly name: string;
    readonly requestType: Codec<Request>;
    readonly responseType: Codec<Response>;
  },
): GrpcMethod<Request, Response> {
  const { requestType, responseType } = method;
  return {
    path: `/${service.fullName}/${method.name}`,
    serialize: (request) => asBuffer(requestType.encode(request).finish()),
    deserialize: (bytes) => responseType.decode(bytes),
  };
}

/** The same bytes, not a copy. */
function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
