import type { Client } from '@grpc/grpc-js';
import { grpcError } from './grpc-error.js';
import type { GrpcMethod } from './grpc-method.js';
import { authorised, cancelOn, deadline } from './grpc-unary.js';
import type { CallOptions } from './transport.js';

/** The answers of a call as they come; leaving the loop cancels it. Every failure is a ForesyncClientError. */
export async function* grpcDownload<Request, Response>(
  client: Client,
  { path, serialize, deserialize }: GrpcMethod<Request, Response>,
  request: Request,
  options: CallOptions,
): AsyncGenerator<Response> {
  const metadata = authorised(options.token);
  const call = client.makeServerStreamRequest(
    path,
    serialize,
    deserialize,
    request,
    metadata,
    deadline(options),
  );
  const stop = cancelOn(options.signal, () => call.cancel());
  try {
    // grpc-js types nothing of what a call yields; the deserializer makes a Response of it.
    for await (const response of call as AsyncIterable<Response>) yield response;
  } catch (error) {
    throw error instanceof Error ? grpcError(error) : error;
  } finally {
    stop();
    call.cancel();
  }
}
