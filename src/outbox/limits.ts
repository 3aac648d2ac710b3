import type { PushBudget } from '../domain/session-port.js';

/** Bounds of one session's outbox. What happens beyond each is said at its queue. */
export interface OutboxLimits {
  /** Unacknowledged pushes at a time. */
  readonly maxInFlight: number;
  /** Bytes of unacknowledged pushed content at a time; one larger content may go alone. */
  readonly maxInFlightBytes: number;
  /** Planned contents that wait. */
  readonly maxPlanned: number;
  /** Planned metadata that waits. */
  readonly maxMetadata: number;
  /** Items that wait to be compared with what the device holds. */
  readonly maxDoubts: number;
  /** Requests that wait for their answer, and small events that wait: beyond it the device's next event waits. */
  readonly maxReplies: number;
  /** Events of one frame. */
  readonly frameEvents: number;
  /** Bytes that are gathered for a frame: what is composed at once may take this, and one chunk more. */
  readonly frameBytes: number;
  /** Contents above it travel in chunks of it. */
  readonly chunkBytes: number;
}

export const OUTBOX_LIMITS: OutboxLimits = {
  maxInFlight: 256,
  maxInFlightBytes: 4 * 1024 * 1024,
  maxPlanned: 1024,
  maxMetadata: 256,
  maxDoubts: 4096,
  maxReplies: 128,
  frameEvents: 128,
  frameBytes: 768 * 1024,
  chunkBytes: 256 * 1024,
};

/** What a device's budget leaves of the server's bounds: it may lower them, never raise them; 0 lowers nothing. */
export function lowered(limits: OutboxLimits, budget: PushBudget): OutboxLimits {
  return {
    ...limits,
    maxInFlight: lower(limits.maxInFlight, budget.maxInFlight),
    maxInFlightBytes: lower(limits.maxInFlightBytes, budget.maxInFlightBytes),
  };
}

const lower = (own: number, wanted: number): number => (wanted === 0 ? own : Math.min(own, wanted));
