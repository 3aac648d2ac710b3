import type { SyncRequest } from '@foresync/protocol';
import { ForesyncError } from '../domain/errors.js';
import type { OpenSession, SessionGate } from '../domain/session-port.js';
import type { Arrived } from './call/arrived.js';
import { opened } from './call/arrived.js';
import type { Bidi } from './call/handlers.js';
import { orAborted } from './call/or-aborted.js';
import { openingOf } from './inbound/events.js';
import type { Frame, ReceiveDeps } from './receive-frame.js';
import { receiveFrame } from './receive-frame.js';
import type { Reading } from './session-stream.js';
import { SessionStream } from './session-stream.js';
import { withDevice } from './with-device.js';

export interface SyncDeps extends ReceiveDeps {
  readonly gate: SessionGate;
  /** Longest wait for the Hello of a stream, ms. */
  readonly helloMs: number;
}

/** SyncService/Sync: the session of a native device, from its Hello to its end. */
export function syncHandler(deps: SyncDeps): Bidi<SyncRequest> {
  return async (requests, writer, call) => {
    const identity = withDevice(call.identity);
    const frames = requests[Symbol.asyncIterator]();
    const first = await orAborted(firstFrame(frames, deps.helloMs), call.signal);
    const { hello, rest } = openingOf(opened(first));
    call.tally.note('client', hello.clientVersion);
    const session = await deps.gate.open(identity, hello);
    call.tally.note('session', session.id);
    const stream = new SessionStream(session, writer, call, deps.clock);
    await stream.run(reading(session, { message: rest, bytes: first.bytes }, frames, deps));
  };
}

/** What came with Hello, then whatever comes. */
function reading(
  session: OpenSession,
  first: Frame,
  frames: AsyncIterator<Arrived<SyncRequest>>,
  deps: ReceiveDeps,
): Reading {
  return async (over) => {
    await receiveFrame(session, first, over, deps);
    for (let next = await frames.next(); next.done !== true; next = await frames.next()) {
      const { value } = next;
      await receiveFrame(session, { message: opened(value), bytes: value.bytes }, over, deps);
    }
  };
}

function firstFrame(
  frames: AsyncIterator<Arrived<SyncRequest>>,
  helloMs: number,
): Promise<Arrived<SyncRequest>> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(noHello(`within ${helloMs} ms`)), helloMs);
    frames
      .next()
      .then((next) => (next.done === true ? reject(noHello('before the stream ended')) : resolve(next.value)))
      .catch(reject)
      .finally(() => clearTimeout(timer));
  });
}

function noHello(when: string): ForesyncError {
  return new ForesyncError('HELLO_EXPECTED', `no Hello came ${when}`);
}
