import type { Metadata } from '@grpc/grpc-js';
import type { Clock } from '../../domain/clock.js';
import type { ForesyncError } from '../../domain/errors.js';
import { callStatus } from '../status.js';
import type { Incoming } from './call.js';
import type { Surroundings } from './intercept.js';
import { CALLER_LEFT } from './intercept.js';
import type { LiveCalls } from './live-calls.js';
import type { MessageType } from './service-definition.js';
import { Tally } from './tally.js';

/** What the calls of a server share. */
export interface Edge extends Surroundings {
  readonly clock: Clock;
  readonly liveCalls: LiveCalls;
  /** Longest that a message may wait for the transport, and an upload for its next message, ms. */
  readonly stallMs: number;
  /** Longest that a unary call may take, ms; a client's own deadline may be shorter. */
  readonly unaryMs: number;
  /** Encoded bytes of one message to the server. */
  readonly maxRequestBytes: number;
}

/** A call as it came in, and the controller of its signal, which follows grpc-js's cancellation. */
export function incomingOf(
  method: string,
  call: { readonly metadata: Metadata; once(event: 'cancelled', listener: () => void): unknown },
): { readonly incoming: Incoming; readonly controller: AbortController } {
  const controller = new AbortController();
  call.once('cancelled', () => controller.abort(CALLER_LEFT));
  const incoming = { method, metadata: call.metadata, signal: controller.signal, tally: new Tally() };
  return { incoming, controller };
}

/** Ends a stream with OK, or with the status of the error. A caller that left is told nothing. */
export function finish(
  call: { end(): unknown; emit(event: 'error', status: object): unknown },
  error: ForesyncError | null,
): void {
  if (error === null) call.end();
  else if (error !== CALLER_LEFT) call.emit('error', callStatus(error));
}

/** A message as the bytes that grpc-js frames. */
export function encoded(type: MessageType, message: unknown): Buffer {
  // The handlers' types pair each method with its own message.
  const bytes = type.encode(message as never).finish();
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
