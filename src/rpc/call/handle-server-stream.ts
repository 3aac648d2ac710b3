import type { handleServerStreamingCall } from '@grpc/grpc-js';
import { ForesyncError } from '../../domain/errors.js';
import type { Arrived } from './arrived.js';
import { opened } from './arrived.js';
import { atTime } from './at-time.js';
import type { Edge } from './edge.js';
import { encoded, finish, incomingOf } from './edge.js';
import type { ServerStream } from './handlers.js';
import { CALLER_LEFT, intercepted } from './intercept.js';
import type { GenericMethod } from './service-definition.js';
import { StreamWriter } from './stream-writer.js';

/** One message in, many out: each is made when the transport has taken the one before. */
export function serverStreamHandler(
  edge: Edge,
  path: string,
  method: GenericMethod,
  handle: ServerStream<unknown, unknown>,
): handleServerStreamingCall<Arrived<unknown>, Buffer> {
  return (call) => {
    const { incoming, controller } = incomingOf(path, call);
    edge.liveCalls.add(controller);
    const writer = new StreamWriter(call, edge.stallMs, incoming.tally);
    let forgetExpiry = (): void => undefined;
    const ended = intercepted(edge, incoming, async (known) => {
      incoming.tally.received(call.request.bytes);
      forgetExpiry = atTime(edge.clock, known.identity.expiresMs, () => controller.abort(expired()));
      for await (const message of handle(opened(call.request), known)) {
        const taken = await writer.write(encoded(method.responseType, message));
        if (taken === 'gone') throw CALLER_LEFT;
        if (taken === 'stalled') throw tooSlow(edge.stallMs);
        incoming.signal.throwIfAborted();
      }
      incoming.signal.throwIfAborted();
    });
    void ended.then((error) => {
      forgetExpiry();
      edge.liveCalls.remove(controller);
      finish(call, error);
    });
  };
}

function expired(): ForesyncError {
  return new ForesyncError('UNAUTHENTICATED', 'the token expired', { facts: { reason: 'expired' } });
}

/** The caller left what was sent untouched for this long. */
function tooSlow(stallMs: number): ForesyncError {
  const facts = { limit: String(stallMs) };
  return new ForesyncError('SLOW_CONSUMER', `nothing was read for ${stallMs} ms: resume later`, { facts });
}
