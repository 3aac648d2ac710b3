import type { CallOptions as WebCallOptions } from 'nice-grpc-web';
import { FetchTransport, Metadata } from 'nice-grpc-web';
import { ForesyncClientError } from './errors.js';
import type { CallOptions } from './transport.js';
import { webError } from './web-error.js';

/**
 * `fetch`, with uploads as one body: browsers stream a request over HTTP/2 alone, and grpc-web does not know a client
 * stream; but several messages in one body are one to the server.
 */
export function fetchTransport(): ReturnType<typeof FetchTransport> {
  const plain = FetchTransport();
  return (params) => {
    if (!params.method.requestStream) return plain(params);
    return plain({ ...params, method: { ...params.method, requestStream: false }, body: whole(params.body) });
  };
}

/** Runs a call with a token and a deadline; whatever fails is a ForesyncClientError. */
export async function webCall<T>(
  { token, signal, timeoutMs }: CallOptions,
  closed: AbortSignal,
  make: (options: WebCallOptions) => Promise<T>,
): Promise<T> {
  const late = AbortSignal.timeout(Math.min(timeoutMs, 2 ** 31 - 1));
  const signals = [late, closed, ...(signal === undefined ? [] : [signal])];
  const options: Recorded = { metadata: authorised(token), signal: AbortSignal.any(signals) };
  options.onTrailer = (trailer) => (options.trailer = trailer);
  try {
    return await make(options);
  } catch (thrown) {
    if (closed.aborted) throw ForesyncClientError.from(closed.reason);
    if (late.aborted)
      throw new ForesyncClientError('TIMEOUT', `the call took longer than ${timeoutMs} ms`, {
        cause: thrown,
      });
    if (signal?.aborted === true)
      throw new ForesyncClientError('CANCELLED', 'the caller gave up', { cause: signal.reason });
    throw webError(thrown, options.trailer);
  }
}

export function authorised(token: string, more: Readonly<Record<string, string>> = {}): Metadata {
  return new Metadata({ authorization: `Bearer ${token}`, ...more });
}

type Recorded = WebCallOptions & { trailer?: Metadata };

/** A body in one piece. The item limit of the server bounds it. */
async function* whole(body: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const parts: Uint8Array[] = [];
  for await (const part of body) parts.push(part);
  const bytes = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  yield bytes;
}
