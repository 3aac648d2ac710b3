import type { SyncRequest } from '@foresync/protocol';
import { ForesyncError } from '../domain/errors.js';
import type { Identity } from '../domain/identity.js';
import type { DeviceId } from '../domain/ids.js';
import type { SessionGate } from '../domain/session-port.js';
import type { Arrived } from './call/arrived.js';
import { opened } from './call/arrived.js';
import type { Bidi } from './call/handlers.js';
import { orAborted } from './call/or-aborted.js';
import { openingOf } from './inbound/events.js';
import type { SyncStreamDeps } from './sync-stream.js';
import { SyncStream } from './sync-stream.js';

export interface SyncDeps extends SyncStreamDeps {
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
    await new SyncStream(session, writer, call, deps).run({ message: rest, bytes: first.bytes }, frames);
  };
}

/** Throws DEVICE_REQUIRED for a backend's token: a session is a device's. */
export function withDevice(identity: Identity): Identity & { readonly device: DeviceId } {
  const { device } = identity;
  if (device !== null) return { ...identity, device };
  throw new ForesyncError('DEVICE_REQUIRED', "the token names no device, and a session is a device's");
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
