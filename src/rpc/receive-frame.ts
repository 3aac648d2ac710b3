import type { SyncRequest } from '@foresync/protocol';
import type { Clock } from '../domain/clock.js';
import type { OpenSession } from '../domain/session-port.js';
import { clientEvents } from './inbound/events.js';

export interface ReceiveDeps {
  readonly clock: Clock;
  /** Encoded bytes of one activity batch. */
  readonly activityBatchBytes: number;
}

/** A frame from a device, with its encoded size. */
export interface Frame {
  readonly message: SyncRequest;
  readonly bytes: number;
}

/** Hands the events of a frame to its session, one after the other, until `over`. Throws what the session has to end with. */
export async function receiveFrame(
  session: OpenSession,
  { message, bytes }: Frame,
  over: () => boolean,
  { clock, activityBatchBytes }: ReceiveDeps,
): Promise<void> {
  for (const event of clientEvents(message, bytes, { nowMs: clock.now(), activityBatchBytes })) {
    if (over()) return;
    await session.receive(event);
  }
}
