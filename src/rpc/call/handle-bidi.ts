import type { handleBidiStreamingCall } from '@grpc/grpc-js';
import { arrivals } from './arrivals.js';
import type { Arrived } from './arrived.js';
import type { Edge } from './edge.js';
import { finish, incomingOf } from './edge.js';
import type { Bidi } from './handlers.js';
import { intercepted } from './intercept.js';
import { StreamWriter } from './stream-writer.js';

/** Messages both ways, at the handler's own pace. */
export function bidiHandler(
  edge: Edge,
  path: string,
  handle: Bidi<unknown>,
): handleBidiStreamingCall<Arrived<unknown>, Buffer> {
  return (call) => {
    const { incoming, controller } = incomingOf(path, call);
    edge.liveCalls.add(controller);
    const writer = new StreamWriter(call, edge.stallMs, incoming.tally);
    const ended = intercepted(edge, incoming, (known) =>
      handle(arrivals(call, incoming.tally), writer, known),
    );
    void ended.then((error) => {
      edge.liveCalls.remove(controller);
      finish(call, error);
    });
  };
}
