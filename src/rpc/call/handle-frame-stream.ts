import type { handleServerStreamingCall } from '@grpc/grpc-js';
import type { Arrived } from './arrived.js';
import { opened } from './arrived.js';
import type { Edge } from './edge.js';
import { finish, incomingOf } from './edge.js';
import type { FrameStream } from './handlers.js';
import { intercepted } from './intercept.js';
import { StreamWriter } from './stream-writer.js';

/** One message in, frames out at the handler's own pace. */
export function frameStreamHandler(
  edge: Edge,
  path: string,
  { write }: FrameStream<unknown>,
): handleServerStreamingCall<Arrived<unknown>, Buffer> {
  return (call) => {
    const { incoming, controller } = incomingOf(path, call);
    edge.liveCalls.add(controller);
    const writer = new StreamWriter(call, edge.stallMs, incoming.tally);
    const ended = intercepted(edge, incoming, async (known) => {
      incoming.tally.received(call.request.bytes);
      await write(opened(call.request), writer, known);
    });
    void ended.then((error) => {
      edge.liveCalls.remove(controller);
      finish(call, error);
    });
  };
}
