import type { SubscribeRequest } from '@foresync/protocol';
import type { Clock } from '../../domain/clock.js';
import { ForesyncError } from '../../domain/errors.js';
import type { Hello, SessionGate } from '../../domain/session-port.js';
import type { FrameStream } from '../call/handlers.js';
import { checked, within } from '../inbound/fault.js';
import { hello } from '../inbound/hello.js';
import { SessionStream } from '../session-stream.js';
import { withDevice } from '../with-device.js';

export interface SubscribeDeps {
  readonly gate: SessionGate;
  readonly clock: Clock;
}

/**
 * SyncService/Subscribe: the session of a device that cannot stream up, from its Hello to its end. Its frames are those of
 * Sync, byte for byte; the device speaks by Report.
 */
export function subscribeHandler({ gate, clock }: SubscribeDeps): FrameStream<SubscribeRequest> {
  return {
    write: async (request, writer, call) => {
      const identity = withDevice(call.identity);
      const opening = helloOf(request);
      call.tally.note('client', opening.clientVersion);
      const session = await gate.open(identity, opening);
      call.tally.note('session', session.id);
      await new SessionStream(session, writer, call, clock).run(null);
    },
  };
}

function helloOf({ hello: wire }: SubscribeRequest): Hello {
  if (wire !== undefined) return checked(() => within('hello', () => hello(wire)));
  throw new ForesyncError('HELLO_EXPECTED', 'hello is missing: it opens the session');
}
