import type { ForesyncError } from '../domain/errors.js';
import type { SessionId, SpaceId } from '../domain/ids.js';
import type { SessionEnd } from '../domain/session-port.js';

/** Hears what happens to sessions, for logs and metrics: no user, device or item is ever named. */
export interface SessionObserver {
  opened(session: SessionId): void;
  /** Once for each session that was opened. */
  closed(session: SessionId, summary: SessionSummary): void;
  /** Something failed that ends no call: it is tried again, or healed at the next Hello, as `what` says. */
  fault(what: Fault, error: ForesyncError, space: SpaceId | null): void;
}

export type Fault =
  /** The log could not be read; read again after a while. */
  | 'tail'
  /** A change or batch could not be planned for; it was told and acknowledged all the same. */
  | 'plan'
  /** What a space learned could not be read, and is learned anew, or could not be saved; tried again. */
  | 'recollection'
  /** What a session learned could not be written; tried again, and at its end healed by the next Hello. */
  | 'write-behind'
  /** A session could not catch up; it was ended. */
  | 'catch-up';

/** One line about a session at its end. */
export interface SessionSummary {
  readonly reason: SessionEnd['kind'];
  readonly lastedMs: number;
  readonly batches: number;
  readonly requests: number;
  readonly pushedItems: number;
  readonly pushedBytes: number;
  readonly answeredBytes: number;
  readonly invalidations: number;
  readonly rejected: number;
  readonly unsentBytes: number;
}

export const SILENT_OBSERVER: SessionObserver = {
  opened: () => undefined,
  closed: () => undefined,
  fault: () => undefined,
};
