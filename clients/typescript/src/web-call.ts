import { ForesyncClientError } from './errors.js';
import type { CallOptions } from './transport.js';
import { bodyOf, framesOf } from './web-frames.js';
import type { WebMethod } from './web-methods.js';
import { broken, endIn, httpError, trailersOf } from './web-status.js';

/** Where a call goes, and by whose right. */
export interface WebCall {
  readonly endpoint: string;
  readonly token: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly signal: AbortSignal;
}

/** Sends messages in one body, and answers what comes back, message by message. Throws what ForesyncClientError says, or the signal's reason. */
export async function* webStream<Request, Response>(
  { path, request, response }: WebMethod<Request, Response>,
  messages: Iterable<Request>,
  call: WebCall,
): AsyncGenerator<Response, void, undefined> {
  const body = bodyOf(Array.from(messages, (message) => request.encode(message).finish()));
  const answer = await fetched(path, body, call);
  const pieces = piecesOf(answer, call.signal);
  let end = endIn((name) => answer.headers.get(name));
  if (end instanceof ForesyncClientError) {
    // Headers that refuse are the whole answer.
    answer.body?.cancel().catch(() => undefined);
    throw end;
  }
  if (end === undefined && !answer.ok) throw await httpError(answer.status, pieces);
  for await (const { isTrailer, bytes } of framesOf(pieces)) {
    if (isTrailer) end = endIn(trailersOf(bytes));
    else yield response.decode(bytes);
  }
  if (end === undefined) throw broken('the server ended the call without a word');
  if (end !== null) throw end;
}

/** The one message that comes back. */
export async function webUnary<Request, Response>(
  method: WebMethod<Request, Response>,
  messages: Iterable<Request>,
  call: WebCall,
): Promise<Response> {
  let found: { readonly message: Response } | undefined;
  for await (const message of webStream(method, messages, call)) found ??= { message };
  if (found === undefined) throw new ForesyncClientError('INTERNAL', 'the server answered nothing');
  return found.message;
}

/** Gives a call its deadline and its ends; whatever it fails with is a ForesyncClientError. */
export async function webCall<T>(
  { signal, timeoutMs }: CallOptions,
  closed: AbortSignal,
  call: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const late = AbortSignal.timeout(Math.min(timeoutMs, 2 ** 31 - 1));
  try {
    return await call(AbortSignal.any([late, closed, ...(signal === undefined ? [] : [signal])]));
  } catch (thrown) {
    if (closed.aborted) throw ForesyncClientError.from(closed.reason);
    if (late.aborted)
      throw new ForesyncClientError('TIMEOUT', `the call took longer than ${timeoutMs} ms`, {
        cause: thrown,
      });
    if (signal?.aborted === true)
      throw new ForesyncClientError('CANCELLED', 'the caller gave up', { cause: signal.reason });
    throw ForesyncClientError.from(thrown);
  }
}

async function fetched(path: string, body: Uint8Array<ArrayBuffer>, call: WebCall): Promise<Response> {
  const { endpoint, token, signal, headers } = call;
  try {
    return await fetch(endpoint + path, {
      method: 'POST',
      body,
      signal,
      headers: {
        ...headers,
        authorization: `Bearer ${token}`,
        'content-type': 'application/grpc-web+proto',
        'x-grpc-web': '1',
      },
    });
  } catch (thrown) {
    throw lost(thrown, signal);
  }
}

/** Whoever stops reading ends the call. */
async function* piecesOf({ body }: Response, signal: AbortSignal): AsyncGenerator<Uint8Array> {
  const reader = body?.getReader();
  try {
    for (;;) {
      const { done = true, value } = (await reader?.read()) ?? {};
      if (done || value === undefined) return;
      yield value;
    }
  } catch (thrown) {
    throw lost(thrown, signal);
  } finally {
    // Of a call that is over nothing is left to end.
    reader?.cancel().catch(() => undefined);
  }
}

function lost(thrown: unknown, signal: AbortSignal): unknown {
  if (signal.aborted) return signal.reason;
  return broken(`the connection broke: ${thrown instanceof Error ? thrown.message : String(thrown)}`, thrown);
}
