import type { handleUnaryCall } from '@grpc/grpc-js';
import { ForesyncError } from '../../domain/errors.js';
import { callStatus } from '../status.js';
import type { Arrived } from './arrived.js';
import { opened } from './arrived.js';
import type { Edge } from './edge.js';
import { encoded, incomingOf } from './edge.js';
import type { Unary } from './handlers.js';
import { intercepted } from './intercept.js';
import { orAborted } from './or-aborted.js';
import type { GenericMethod } from './service-definition.js';

/** One message in, one out, within the edge's deadline. */
export function unaryHandler(
  edge: Edge,
  path: string,
  method: GenericMethod,
  handle: Unary<unknown, unknown>,
): handleUnaryCall<Arrived<unknown>, Buffer> {
  return (call, callback) => {
    const { incoming, controller } = incomingOf(path, call);
    const overdue = setTimeout(() => controller.abort(tooLate(edge.unaryMs)), edge.unaryMs);
    let response: Buffer = Buffer.alloc(0);
    const ended = intercepted(edge, incoming, async (known) => {
      incoming.tally.received(call.request.bytes);
      const answer = await orAborted(handle(opened(call.request), known), incoming.signal);
      response = encoded(method.responseType, answer);
      incoming.tally.sent(response.length);
    });
    void ended.then((error) => {
      clearTimeout(overdue);
      if (error === null) callback(null, response);
      else callback(callStatus(error));
    });
  };
}

function tooLate(limitMs: number): ForesyncError {
  const facts = { limit: String(limitMs) };
  return new ForesyncError('STORE_UNAVAILABLE', `the call took longer than ${limitMs} ms`, { facts });
}
