import type { handleClientStreamingCall } from '@grpc/grpc-js';
import { callStatus } from '../status.js';
import { busyArrivals } from './arrivals.js';
import type { Arrived } from './arrived.js';
import { opened } from './arrived.js';
import type { Edge } from './edge.js';
import { encoded, incomingOf } from './edge.js';
import type { ClientStream } from './handlers.js';
import { intercepted } from './intercept.js';
import { orAborted } from './or-aborted.js';
import type { GenericMethod } from './service-definition.js';

/** Many messages in, one out. Whoever stops sending is not waited for longer than the edge's stall limit. */
export function clientStreamHandler(
  edge: Edge,
  path: string,
  method: GenericMethod,
  handle: ClientStream<unknown, unknown>,
): handleClientStreamingCall<Arrived<unknown>, Buffer> {
  return (call, callback) => {
    const { incoming, controller } = incomingOf(path, call);
    edge.liveCalls.add(controller);
    let response: Buffer = Buffer.alloc(0);
    const ended = intercepted(edge, incoming, async (known) => {
      const requests = messages(busyArrivals(call, incoming.tally, edge.stallMs, controller));
      const answer = await orAborted(handle(requests, known), incoming.signal);
      response = encoded(method.responseType, answer);
      incoming.tally.sent(response.length);
    });
    void ended.then((error) => {
      edge.liveCalls.remove(controller);
      if (error === null) callback(null, response);
      else callback(callStatus(error));
    });
  };
}

async function* messages(arrived: AsyncIterable<Arrived<unknown>>): AsyncGenerator {
  for await (const message of arrived) yield opened(message);
}
