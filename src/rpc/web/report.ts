import type { ReportRequest, ReportResponse } from '@foresync/protocol';
import { Durability } from '@foresync/protocol';
import type { Identity } from '../../domain/identity.js';
import { ForesyncError } from '../../domain/errors.js';
import { sessionId } from '../../domain/ids.js';
import type { OpenSession, SessionGate } from '../../domain/session-port.js';
import type { Call } from '../call/call.js';
import type { Unary } from '../call/handlers.js';
import { checked } from '../inbound/fault.js';
import { id } from '../inbound/fields.js';
import { wireDurability } from '../outbound/checkpoint.js';
import type { ReceiveDeps } from '../receive-frame.js';
import { receiveFrame } from '../receive-frame.js';
import { withDevice } from '../with-device.js';

export interface ReportDeps extends ReceiveDeps {
  readonly gate: SessionGate;
}

/**
 * SyncService/Report: what the device of a Subscribe stream says, by the rules of Sync. What would end a Sync stream ends
 * the Subscribe stream too, with the same error. SESSION_UNKNOWN where the session is not, or is no longer.
 */
export function reportHandler(deps: ReportDeps): Unary<ReportRequest, ReportResponse> {
  return async (request, call) => {
    const session = sessionOf(request, withDevice(call.identity), deps.gate);
    call.tally.note('session', session.id);
    await receiveAll(session, request, call, deps);
    if (!session.open) throw unknown();
    const { sequence, durability } = session.durable;
    return {
      activitySequence: BigInt(sequence),
      durability: durability === null ? Durability.DURABILITY_UNSPECIFIED : wireDurability(durability),
    };
  };
}

function sessionOf({ sessionId: named }: ReportRequest, identity: Identity, gate: SessionGate): OpenSession {
  const session = gate.find(identity, sessionId(checked(() => id('session_id', named))));
  if (session?.open !== true) throw unknown();
  return session;
}

async function receiveAll(
  session: OpenSession,
  { events }: ReportRequest,
  { signal, tally }: Call,
  deps: ReportDeps,
): Promise<void> {
  const over = (): boolean => signal.aborted || !session.open;
  try {
    await receiveFrame(session, { message: { events }, bytes: tally.receivedBytes }, over, deps);
  } catch (thrown) {
    const error = ForesyncError.from(thrown);
    session.end({ kind: 'broken', error });
    throw error;
  }
}

function unknown(): ForesyncError {
  const text = 'this node does not hold the session: subscribe again, and report to the node that answers';
  return new ForesyncError('SESSION_UNKNOWN', text, { retryAfterMs: 0 });
}
