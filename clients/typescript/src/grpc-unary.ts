import type { CallOptions as GrpcCallOptions, Client, requestCallback } from '@grpc/grpc-js';
import { Metadata } from '@grpc/grpc-js';
import { grpcError } from './grpc-error.js';
import type { GrpcMethod } from './grpc-method.js';
import type { CallOptions } from './transport.js';

/** One message there and one back. Throws a ForesyncClientError. */
export function grpcUnary<Request, Response>(
  client: Client,
  { path, serialize, deserialize }: GrpcMethod<Request, Response>,
  request: Request,
  options: CallOptions,
): Promise<Response> {
  return oneResponse(options, (metadata, limits, done) =>
    client.makeUnaryRequest(path, serialize, deserialize, request, metadata, limits, done),
  );
}

/** The one response of a call that `begin` makes. Throws a ForesyncClientError. */
export function oneResponse<Response>(
  options: CallOptions,
  begin: (metadata: Metadata, limits: GrpcCallOptions, done: requestCallback<Response>) => { cancel(): void },
): Promise<Response> {
  return new Promise((resolve, reject) => {
    const call = begin(authorised(options.token), deadline(options), (error, response) => {
      stop();
      if (error !== null) reject(grpcError(error));
      else if (response !== undefined) resolve(response);
    });
    const stop = cancelOn(options.signal, () => call.cancel());
  });
}

export function authorised(token: string): Metadata {
  const metadata = new Metadata();
  metadata.set('authorization', `Bearer ${token}`);
  return metadata;
}

export function deadline({ timeoutMs }: CallOptions): GrpcCallOptions {
  return { deadline: Date.now() + timeoutMs };
}

/** Cancels when the signal fires; what it answers ends the watch. */
export function cancelOn(signal: AbortSignal | undefined, cancel: () => void): () => void {
  if (signal === undefined) return () => undefined;
  if (signal.aborted) cancel();
  signal.addEventListener('abort', cancel, { once: true });
  return () => signal.removeEventListener('abort', cancel);
}
