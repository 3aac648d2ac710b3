import type { Metadata } from '@grpc/grpc-js';
import { ForesyncError } from '../../domain/errors.js';
import type { Logger } from '../../telemetry/logger.js';
import type { Metrics } from '../../telemetry/metrics.js';
import type { Verifier } from '../identity/verifier.js';
import type { Call, Incoming } from './call.js';

/** What stands around every call. */
export interface Surroundings {
  readonly verifier: Verifier;
  readonly logger: Logger;
  readonly metrics: Metrics;
}

/**
 * Runs a call inside what every call has: an identity, one line in the log, its place in the metrics. Answers the error
 * that the call has to end with, null if there is none; it never throws.
 */
export async function intercepted(
  around: Surroundings,
  incoming: Incoming,
  handle: (call: Call) => Promise<void>,
): Promise<ForesyncError | null> {
  const startMs = performance.now();
  around.metrics.openStreams.inc({ method: incoming.method });
  const error = await outcome(around.verifier, incoming, handle);
  const left = incoming.signal.aborted && incoming.signal.reason === CALLER_LEFT;
  record(around, incoming, performance.now() - startMs, left ? 'CANCELLED' : (error?.code ?? 'OK'));
  if (error?.code === 'INTERNAL' && !left)
    around.logger.error({ err: error, method: incoming.method }, 'defect');
  return error;
}

/** The reason that a call's signal has when its caller left: nobody is there to be told. */
export const CALLER_LEFT = new ForesyncError('SESSION_UNKNOWN', 'the caller left');

async function outcome(
  verifier: Verifier,
  incoming: Incoming,
  handle: (call: Call) => Promise<void>,
): Promise<ForesyncError | null> {
  try {
    const identity = await verifier.verify(bearerToken(incoming.metadata));
    await handle({ ...incoming, identity });
    return null;
  } catch (thrown) {
    return ForesyncError.from(thrown);
  }
}

/** The one bearer token of a call. */
function bearerToken(metadata: Metadata): string {
  const values = metadata.get('authorization');
  const match = values.length === 1 ? BEARER.exec(String(values[0])) : null;
  if (match?.[1] !== undefined) return match[1];
  throw new ForesyncError(
    'UNAUTHENTICATED',
    'the call needs one metadata entry `authorization: Bearer <token>`',
    {
      facts: { reason: 'missing' },
    },
  );
}

function record(around: Surroundings, incoming: Incoming, durationMs: number, code: string): void {
  const { method, tally } = incoming;
  const { metrics } = around;
  metrics.openStreams.dec({ method });
  metrics.calls.inc({ method, code });
  metrics.callSeconds.observe({ method }, durationMs / 1000);
  metrics.messages.inc({ method, direction: 'in' }, tally.receivedMessages);
  metrics.messages.inc({ method, direction: 'out' }, tally.sentMessages);
  metrics.bytes.inc({ method, direction: 'in' }, tally.receivedBytes);
  metrics.bytes.inc({ method, direction: 'out' }, tally.sentBytes);
  around.logger.info(
    {
      method,
      code,
      ms: Math.round(durationMs),
      in: { messages: tally.receivedMessages, bytes: tally.receivedBytes },
      out: { messages: tally.sentMessages, bytes: tally.sentBytes },
      ...tally.notes,
    },
    'call',
  );
}

const BEARER = /^Bearer ([A-Za-z0-9._~+/-]+=*)$/i;
