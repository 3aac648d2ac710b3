import type { Arrived } from './arrived.js';
import type { Call } from './call.js';
import type { GenericService } from './service-definition.js';
import type { StreamWriter } from './stream-writer.js';

/** One handler for each method of a service, by the method's kind. */
export type Handlers<Service extends GenericService> = {
  readonly [Name in keyof Service['methods']]: HandlerOf<Service['methods'][Name]>;
};

type HandlerOf<Method> = Method extends { requestStream: true; responseStream: true }
  ? Bidi<RequestOf<Method>>
  : Method extends { requestStream: true }
    ? ClientStream<RequestOf<Method>, ResponseOf<Method>>
    : Method extends { responseStream: true }
      ? ServerStream<RequestOf<Method>, ResponseOf<Method>> | FrameStream<RequestOf<Method>>
      : Unary<RequestOf<Method>, ResponseOf<Method>>;

export type Unary<Request, Response> = (request: Request, call: Call) => Promise<Response>;

export type ServerStream<Request, Response> = (request: Request, call: Call) => AsyncIterable<Response>;

/** A server stream whose messages are encoded by the handler and written at its own pace; see Bidi for its end. */
export interface FrameStream<Request> {
  readonly write: (request: Request, writer: StreamWriter, call: Call) => Promise<void>;
}

/** Messages are read one at a time, as they are asked for. */
export type ClientStream<Request, Response> = (
  requests: AsyncIterable<Request>,
  call: Call,
) => Promise<Response>;

/** Reads and writes as it likes; the call ends when it resolves, or with the error that it throws. */
export type Bidi<Request> = (
  requests: AsyncIterable<Arrived<Request>>,
  writer: StreamWriter,
  call: Call,
) => Promise<void>;

type RequestOf<Method> = Method extends { requestType: { decode(bytes: Uint8Array): infer T } } ? T : never;
type ResponseOf<Method> = Method extends { responseType: { decode(bytes: Uint8Array): infer T } } ? T : never;
